import { guest } from '../actors.js'
import type { Conversation } from '../ledger.js'
import { admit } from '../limits.js'
import { openSession } from '../scenes.js'
import type { Caller } from '../tokens.js'
import { salesforceNow, type World } from '../world.js'

/** What a visitor says of a conversation that is to begin. */
export type Beginning = {
  id: string
  language?: string | undefined
  routingAttributes?: Record<string, string> | null | undefined
  contextParameters?: Record<string, string> | undefined
}

/** Counts a conversation of a caller (`enhanced-chat-api.md` §6). */
export function admitConversation(world: World, { subject }: Caller): void {
  const allowance = world.switches.limits.conversationsPer30Seconds
  admit(world, { key: `conversations ${subject}`, allowance, windowMs: 30_000 })
}

/** Begins a conversation of this caller, and routes its first session to the bot. */
export function begin(world: World, beginning: Beginning, caller: Caller): void {
  const conversation: Conversation = {
    id: beginning.id,
    visitor: guest(caller.subject),
    language: beginning.language ?? null,
    routingAttributes: beginning.routingAttributes ?? {},
    contextParameters: beginning.contextParameters ?? {},
    startTimestamp: salesforceNow(world),
    endTimestamp: 0,
    session: { id: '', startTimestamp: 0 },
    ledger: [],
    visitorSignals: [],
  }
  world.conversations.set(conversation.id, conversation)
  openSession(world, conversation)
}
