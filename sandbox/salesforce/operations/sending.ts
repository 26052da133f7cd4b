import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { stateAt } from '../conversation-state.js'
import { HttpError } from '../http-error.js'
import { checkRateLimit } from '../rate-limit.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import { endSession, openSession, stepNow } from '../script.js'

/**
 * Fields that sendMessage and sendFile share: the deployment, and the options of a session (§2.10,
 * §2.11).
 */
export const sessionFields = {
  esDeveloperName: z.string(),
  isNewMessagingSession: z.boolean().default(false),
  routingAttributes: z.record(z.string(), z.string()).nullish(),
  language: z.string().optional(),
}

type SessionOptions = {
  isNewMessagingSession: boolean
  routingAttributes?: Record<string, string> | null | undefined
  language?: string | undefined
}

/** Counts a message of a conversation, of any kind (§6). */
export function limitMessages(sandbox: SandboxState, { id }: Conversation): void {
  const allowance = sandbox.switches.limits.messagesPerMinute
  checkRateLimit(sandbox, { key: `messages ${id}`, allowance, windowMs: 60_000 })
}

/**
 * Stores a message of the visitor in the running session, or in a new one that begins with it.
 * @returns what `store` returned
 */
export function deliver<Stored>(
  sandbox: SandboxState,
  conversation: Conversation,
  delivery: { sessionOptions: SessionOptions; store: () => Stored; reply: () => void },
): Stored {
  const { sessionOptions, store, reply } = delivery
  const { hasSession } = stateAt(conversation, Date.now())
  if (!hasSession) checkPreChat(sandbox, sessionOptions)
  if (hasSession && sessionOptions.isNewMessagingSession) {
    endSession(stepNow(sandbox, conversation), 'EndUser')
  }
  const stored = store()
  if (!hasSession || sessionOptions.isNewMessagingSession) {
    conversation.routingAttributes =
      sessionOptions.routingAttributes ?? conversation.routingAttributes
    conversation.language = sessionOptions.language ?? conversation.language
    openSession(sandbox, conversation)
  }
  reply()
  return stored
}

/** The same id is stored once, unless switched (§7a). */
export function isNewMessage(
  sandbox: SandboxState,
  { entryLog }: Conversation,
  messageId: string,
): boolean {
  if (sandbox.switches.storesDuplicates) return true
  return !entryLog.some(({ entry }) => entry.identifier === messageId)
}

/** 202: accepted, not yet listed. */
export function acceptedResponse(sandbox: SandboxState, id: string): Response {
  const conversationEntries = [{ id, clientTimestamp: salesforceNow(sandbox) }]
  return Response.json({ conversationEntries }, { status: 202 })
}

/** Pre-chat for each session: the form must be answered before a new one (§2.10, 417). */
function checkPreChat({ deployment }: SandboxState, sessionOptions: SessionOptions): void {
  const isPerSession = deployment.forms[0]?.displayContext === 'Session'
  const isAnswered =
    sessionOptions.isNewMessagingSession && Boolean(sessionOptions.routingAttributes)
  if (!isPerSession || isAnswered) return
  throw new HttpError(417, 'No messaging session exists: pre-chat is needed for a new one')
}
