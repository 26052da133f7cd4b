import type { Conversation } from '../conversation.js'
import { HttpError } from '../http-error.js'
import { endUser } from '../participants.js'
import { checkRateLimit } from '../rate-limit.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import { openSession } from '../script.js'
import type { Caller } from '../tokens.js'

/** Holds the options of a new conversation. */
export type NewConversation = {
  id: string
  language?: string | undefined
  routingAttributes?: Record<string, string> | null | undefined
  contextParameters?: Record<string, string> | undefined
}

/**
 * Counts a conversation of a caller (`enhanced-chat-api.md` §6).
 * @throws {HttpError} 429
 */
export function limitConversations(sandbox: SandboxState, { subject }: Caller): void {
  const allowance = sandbox.switches.limits.conversationsPer30Seconds
  checkRateLimit(sandbox, { key: `conversations ${subject}`, allowance, windowMs: 30_000 })
}

/**
 * Checks that the org may have one more open conversation; the status is inferred.
 * @throws {HttpError} 429
 */
export function limitOpenConversations({ switches, conversations }: SandboxState): void {
  const { openConversations } = switches.limits
  const open = [...conversations.values()].filter(({ endTimestamp }) => endTimestamp === 0)
  if (openConversations === null || open.length < openConversations) return
  throw new HttpError(429, 'RESOURCE_EXHAUSTED: too many conversations are open')
}

/** Begins a conversation of this caller, and routes its first session to the bot. */
export function createConversation(
  sandbox: SandboxState,
  options: NewConversation,
  caller: Caller,
): void {
  const conversation: Conversation = {
    id: options.id,
    visitor: endUser(caller.subject),
    language: options.language ?? null,
    routingAttributes: options.routingAttributes ?? {},
    contextParameters: options.contextParameters ?? {},
    startTimestamp: salesforceNow(sandbox),
    endTimestamp: 0,
    session: { id: '', startTimestamp: 0 },
    entryLog: [],
    visitorSignals: [],
  }
  sandbox.conversations.set(conversation.id, conversation)
  openSession(sandbox, conversation)
}
