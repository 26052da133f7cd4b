import * as z from 'zod'
import type { Conversation } from '../ledger.js'
import { admit } from '../limits.js'
import { Refusal } from '../refusal.js'
import { endSession, openSession, sceneNow } from '../scenes.js'
import { stateAt } from '../state.js'
import { salesforceNow, type World } from '../world.js'

/** What sendMessage and sendFile share: the deployment, and how a session is opened (§2.10, §2.11). */
export const speakingFields = {
  esDeveloperName: z.string(),
  isNewMessagingSession: z.boolean().default(false),
  routingAttributes: z.record(z.string(), z.string()).nullish(),
  language: z.string().optional(),
}

type Opening = {
  isNewMessagingSession: boolean
  routingAttributes?: Record<string, string> | null | undefined
  language?: string | undefined
}

/** Counts a message of a conversation, of whatever kind (§6). */
export function admitMessage(world: World, { id }: Conversation): void {
  const allowance = world.switches.limits.messagesPerMinute
  admit(world, { key: `messages ${id}`, allowance, windowMs: 60_000 })
}

/** Lets the visitor say something, in the running session or in a new one that begins with it; gives what was stored. */
export function speak<Stored>(
  world: World,
  conversation: Conversation,
  spoken: { opening: Opening; store: () => Stored; reply: () => void },
): Stored {
  const { opening, store, reply } = spoken
  const { hasSession } = stateAt(conversation, Date.now())
  if (!hasSession) checkPreChat(world, opening)
  if (hasSession && opening.isNewMessagingSession) {
    endSession(sceneNow(world, conversation), 'EndUser')
  }
  const stored = store()
  if (!hasSession || opening.isNewMessagingSession) {
    conversation.routingAttributes = opening.routingAttributes ?? conversation.routingAttributes
    conversation.language = opening.language ?? conversation.language
    openSession(world, conversation)
  }
  reply()
  return stored
}

/** The same id is stored once, unless switched (§7a). */
export function isNew(world: World, { ledger }: Conversation, messageId: string): boolean {
  if (world.switches.storesDuplicates) return true
  return !ledger.some(({ entry }) => entry.identifier === messageId)
}

/** 202: accepted, not yet listed. */
export function accepted(world: World, id: string): Response {
  const conversationEntries = [{ id, clientTimestamp: salesforceNow(world) }]
  return Response.json({ conversationEntries }, { status: 202 })
}

/** Pre-chat for each session: the form must be answered before a new one (§2.10, 417). */
function checkPreChat({ deployment }: World, opening: Opening): void {
  const isPerSession = deployment.forms[0]?.displayContext === 'Session'
  const isAnswered = opening.isNewMessagingSession && Boolean(opening.routingAttributes)
  if (!isPerSession || isAnswered) return
  throw new Refusal(417, 'No messaging session exists: pre-chat is needed for a new one')
}
