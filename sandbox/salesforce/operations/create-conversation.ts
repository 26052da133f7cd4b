import type { Conversation } from '../conversation.js'
import { endUser } from '../participants.js'
import { checkRateLimit } from '../rate-limit.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import { openSession } from '../script.js'
import type { Caller } from '../tokens.js'

/** Options of a conversation that is to begin. */
export type NewConversation = {
  id: string
  language?: string | undefined
  routingAttributes?: Record<string, string> | null | undefined
  contextParameters?: Record<string, string> | undefined
}

/** Counts a conversation of a caller (`enhanced-chat-api.md` §6). */
export function limitConversations(sandbox: SandboxState, { subject }: Caller): void {
  const allowance = sandbox.switches.limits.conversationsPer30Seconds
  checkRateLimit(sandbox, { key: `conversations ${subject}`, allowance, windowMs: 30_000 })
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
