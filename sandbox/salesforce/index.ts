import { http, type RequestHandler } from 'msw'
import { handleControl } from './control.js'
import type { Exchange } from './exchange.js'
import { type FaultInput, faultSchema } from './faults.js'
import { handle } from './handle.js'
import { type InjectionInput, inject, injectionSchema } from './injection.js'
import type { Conversation, LedgerEntry } from './ledger.js'
import { agentJoins, endSession, sceneNow } from './scenes.js'
import { mintToken, revokeTokens, type TokenWish } from './tokens.js'
import { createWorld, needConversation, resetWorld, type SalesforceOptions } from './world.js'

export type { Exchange } from './exchange.js'
export type { Fault, FaultInput } from './faults.js'
export type { InjectionInput } from './injection.js'
export type { Conversation, ConversationEntry, LedgerEntry } from './ledger.js'
export { instant, type Switches, type SwitchesPatch } from './switches.js'
export type { PreChatForm, SalesforceOptions } from './world.js'

export type Salesforce = ReturnType<typeof createSalesforce>

/**
 * A Salesforce of one's own that speaks the Enhanced Chat API v2 (`docs/enhanced-chat-api.md`), with
 * a scripted bot, and misbehaves on demand. It has no timers and no sockets: what is to happen later
 * is noted with its moment and told by `Date.now()`, so a test moves time by faking `Date`.
 */
export function createSalesforce(options: SalesforceOptions = {}) {
  const world = createWorld(options)
  const exchanges: readonly Exchange[] = world.exchanges
  const answer = (request: Request) => handle(world, request)
  return {
    orgId: world.deployment.orgId,
    esDeveloperName: world.deployment.esDeveloperName,

    /** Answers one request; `Response.error()` means: drop the socket. */
    handle: answer,

    /** The same for msw's `setupServer(...salesforce.handlers('https://org.my.salesforce-scrt.com'))`. */
    handlers: (baseUrl: string): RequestHandler[] => [
      http.all(`${baseUrl}/*`, ({ request }) => answer(request)),
    ],

    /** Answers one request under `/__sandbox`. */
    handleControl: (request: Request) => handleControl(world, request),

    /** Every request heard so far, the oldest first. */
    exchanges,

    /** To be read and set at any time. */
    switches: world.switches,

    /** Misbehaves at the next fitting request. */
    fail(fault: FaultInput): void {
      world.faults.push(faultSchema.parse(fault))
    },

    /** All that is stored of a conversation, what has yet to happen included. */
    conversation: (conversationId: string): Conversation => needConversation(world, conversationId),

    /** Writes entries into a conversation as if somebody else had. */
    inject: (conversationId: string, entries: InjectionInput[]): LedgerEntry[] =>
      inject(
        world,
        needConversation(world, conversationId),
        entries.map((entry) => injectionSchema.parse(entry)),
      ),

    /** Hands the conversation to Dana, now. */
    agentJoins(conversationId: string): void {
      agentJoins(sceneNow(world, needConversation(world, conversationId)))
    },

    /** Ends the messaging session, now, by this role. */
    endSession(conversationId: string, endedByRole: string): void {
      endSession(sceneNow(world, needConversation(world, conversationId)), endedByRole)
    },

    /** A token that no request was made for: expired, of another version, of a known subject. */
    mintToken: (wish: TokenWish = {}): Promise<string> => mintToken(world, wish),

    /** No token given out before is believed any more. */
    revokeTokens: () => revokeTokens(world),

    /** Back to the start; tokens stay good. */
    reset: () => resetWorld(world),
  }
}
