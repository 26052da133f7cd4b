import { http, type RequestHandler } from 'msw'
import { createActions } from './actions.js'
import { handleControl } from './controls/handle.js'
import type { Exchange } from './exchange.js'
import { type FaultInput, faultSchema } from './faults.js'
import { publishFiles } from './files.js'
import { handle } from './handle.js'
import { createSandboxState, resetSandboxState, type SalesforceOptions } from './sandbox-state.js'
import { expireTokens, mintToken, revokeTokens, type TokenOptions } from './tokens.js'

export type { Conversation, ConversationEntry, LoggedEntry, VisitorSignal } from './conversation.js'
export type { PreChatForm, Verification } from './deployment.js'
export type { Exchange } from './exchange.js'
export type { Fault, FaultInput } from './faults.js'
export type { InjectionInput } from './injection.js'
export { preChat } from './pre-chat.js'
export type { Api, SalesforceOptions } from './sandbox-state.js'
export { instant, type Switches, type SwitchesPatch } from './switches.js'

/** Names the sandbox that `createSalesforce` returns. */
export type Salesforce = ReturnType<typeof createSalesforce>

/**
 * Creates a local Salesforce with a scripted bot and faults on demand. It serves the Enhanced Chat
 * API v2 (`docs/enhanced-chat-api.md`) or the guide's dialect (`docs/guide-dialect.md`).
 * It has no timers and no sockets: a later event is stored with its moment and shows once
 * `Date.now()` reaches it, so a test moves time by faking `Date`. Only an open event stream polls,
 * as long as it has a reader.
 */
export function createSalesforce(options: SalesforceOptions = {}) {
  const sandbox = createSandboxState(options)
  const exchanges: readonly Exchange[] = sandbox.exchanges
  const answer = (request: Request) => handle(sandbox, request)
  return {
    orgId: sandbox.deployment.orgId,
    esDeveloperName: sandbox.deployment.esDeveloperName,

    /** Answers one request; `Response.error()` means: cut the socket. */
    handle: answer,

    /**
     * Returns the handlers for msw's
     * `setupServer(...salesforce.handlers('https://org.my.salesforce-scrt.com'))`; each further
     * address, such as the login URL of the guide's dialect, is answered as well.
     */
    handlers: (...baseUrls: [string, ...string[]]): RequestHandler[] =>
      baseUrls.map((baseUrl) => http.all(`${baseUrl}/*`, ({ request }) => answer(request))),

    /** Answers one request under `/__sandbox`. */
    handleControl: (request: Request) => handleControl(sandbox, request),

    /** Sets the origin of file URLs from now on, where `handleControl` answers. */
    publishFiles: (origin: string): void => publishFiles(sandbox, origin),

    /** Lists every request received so far, the oldest first. */
    exchanges,

    /** Can be read and set at any time. */
    switches: sandbox.switches,

    ...createActions(sandbox),

    /** Adds a fault for the next matching request. */
    fail(fault: FaultInput): void {
      sandbox.faults.push(faultSchema.parse(fault))
    },

    /** Removes the faults that have not happened yet. */
    clearFaults(): void {
      sandbox.faults.length = 0
    },

    /** Fails every request for so long. */
    outage(forMs: number, status = 503): void {
      sandbox.faults.push(faultSchema.parse({ operation: '*', what: { status }, forMs }))
    },

    /** Signs a token without a request: expired, of another version, of a known subject. */
    mintToken: (options: TokenOptions = {}): Promise<string> => mintToken(sandbox, options),

    /** Makes every earlier token invalid. */
    revokeTokens: () => revokeTokens(sandbox),

    /** Expires every earlier token, or those of this subject. */
    expireTokens: (subject?: string): void => expireTokens(sandbox, subject),

    /** Resets everything to the start; tokens stay valid. */
    reset: () => resetSandboxState(sandbox),
  }
}
