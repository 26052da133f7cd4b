import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { stateAt } from '../conversation-state.js'
import { HttpError } from '../http-error.js'
import { switchedDeployment } from '../pre-chat.js'
import { checkRateLimit } from '../rate-limit.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import { endSession, openSession, stepNow } from '../script.js'

/**
 * Parses the fields that sendMessage and sendFile share: the deployment, and the options of a
 * session (§2.10, §2.11).
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

/**
 * Counts a message of a conversation, of any kind (§6).
 * @throws {HttpError} 429
 */
export function limitMessages(sandbox: SandboxState, { id }: Conversation): void {
  const allowance = sandbox.switches.limits.messagesPerMinute
  checkRateLimit(sandbox, { key: `messages ${id}`, allowance, windowMs: 60_000 })
}

/**
 * Stores a message of the visitor in the running session, or in a new one that begins with it. The
 * flag for a new session ends a running one, but on the visitor's first message in it: there it only
 * renews the attributes. Some organisations need it then, or the pre-chat values never reach the
 * session (measured 2026).
 * @returns what `store` returned
 */
export function deliver<Stored>(
  sandbox: SandboxState,
  conversation: Conversation,
  delivery: { sessionOptions: SessionOptions; store: () => Stored; reply: () => void },
): Stored {
  const { sessionOptions, store, reply } = delivery
  const { hasSession: hadSession } = stateAt(conversation, Date.now())
  if (!hadSession) checkNewSession(sandbox, sessionOptions)
  const isReplaced = sessionOptions.isNewMessagingSession && hasSpoken(conversation)
  if (hadSession && isReplaced) endSession(stepNow(sandbox, conversation), 'EndUser')
  const hasSession = hadSession && !isReplaced
  const stored = store()
  if (!hasSession || sessionOptions.isNewMessagingSession) {
    conversation.routingAttributes =
      sessionOptions.routingAttributes ?? conversation.routingAttributes
    conversation.language = sessionOptions.language ?? conversation.language
  }
  if (!hasSession) openSession(sandbox, conversation)
  reply()
  return stored
}

/** Returns true when the visitor has sent a message since the last session began. */
function hasSpoken({ entryLog, session }: Conversation): boolean {
  return entryLog.some(
    ({ entry }) =>
      entry.entryType === 'Message' &&
      entry.sender.role === 'EndUser' &&
      entry.transcriptedTimestamp >= session.startTimestamp,
  )
}

/** Returns false for a known id, which is stored once unless switched (§7a). */
export function isNewMessage(
  sandbox: SandboxState,
  { entryLog }: Conversation,
  messageId: string,
): boolean {
  if (sandbox.switches.storesDuplicates) return true
  return !entryLog.some(({ entry }) => entry.identifier === messageId)
}

/** Creates the answer to a message: accepted, not yet listed. */
export function acceptedResponse(sandbox: SandboxState, id: string): Response {
  const conversationEntries = [{ id, clientTimestamp: salesforceNow(sandbox) }]
  return Response.json({ conversationEntries }, { status: sandbox.switches.sendStatus })
}

/**
 * Checks that a message may open a session: where the switch wants it, it must ask for one, and the
 * form of a pre-chat for each session must be answered (§2.10).
 * @throws {HttpError} 403 or 417
 */
function checkNewSession(
  sandbox: SandboxState,
  { isNewMessagingSession, routingAttributes }: SessionOptions,
): void {
  if (sandbox.switches.messageWithoutSession === 'refused' && !isNewMessagingSession) {
    throw new HttpError(403, 'The messaging session has ended')
  }
  const isPerSession = switchedDeployment(sandbox).forms[0]?.displayContext === 'Session'
  const isAnswered = isNewMessagingSession && Boolean(routingAttributes)
  if (!isPerSession || isAnswered) return
  throw new HttpError(417, 'No messaging session exists: pre-chat is needed for a new one')
}
