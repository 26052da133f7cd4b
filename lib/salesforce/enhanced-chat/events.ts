/** Salesforce's event stream → what a waiting poll understands (`enhanced-chat-api.md §4`). */
import { parseJson } from '../../json.js'
import type { ConversationEvent } from '../../polling/events.js'
import { remainingMs } from '../../request.js'
import type { SalesforceRequest } from '../http.js'
import { type ConversationRef, eventStreamOpenMs } from '../messaging.js'
import { openServerSentEvents } from '../server-sent-events.js'
import { plainName, toPlainText } from '../text.js'
import { payloadOf, roleOf, subjectOf } from './entries.js'
import * as schemas from './schemas.js'

/**
 * Only what happens from now on is wanted, so `Last-Event-Id` stays away. Some organisations replay
 * everything nevertheless.
 */
export function openEvents(
  { url, orgId }: { url: string; orgId: string },
  { token, conversationId }: ConversationRef,
  { after, signal }: { after: number; signal: AbortSignal },
): Promise<AsyncIterable<ConversationEvent>> {
  const request: SalesforceRequest = {
    method: 'GET',
    url: `${url}/eventrouter/v1/sse`,
    token,
    headers: { Accept: 'text/event-stream', 'X-Org-Id': orgId },
  }
  return openServerSentEvents(request, {
    timeoutMs: Math.min(eventStreamOpenMs, remainingMs()),
    signal,
    parse: (data) => toEvent(data, conversationId, after),
  })
}

const listChanged: ConversationEvent = { kind: 'listChanged' }

/**
 * Maps the data of one event; null when it is of another conversation, or of no interest. What is no
 * later than `after`, the date of the newest entry that the caller has, was told by an earlier call.
 */
export function toEvent(
  data: string,
  conversationId: string,
  after: number,
): ConversationEvent | null {
  const read = schemas.streamedEvent.safeParse(parseJson(data))
  if (!read.success || read.data.conversationId !== conversationId) return null
  const { conversationEntry: entry } = read.data
  const event = mapEntry(entry)
  const isReplayed = (entry.transcriptedTimestamp ?? Number.POSITIVE_INFINITY) <= after
  return isReplayed && event?.kind !== 'listChanged' ? null : event
}

function mapEntry(entry: schemas.StreamedEntry): ConversationEvent | null {
  const payload = payloadOf(entry)
  switch (entry.entryType) {
    case 'Message':
    case 'ParticipantChanged':
    case 'RoutingResult':
    case 'RoutingWorkResult':
    case 'SessionStatusChanged':
    case 'CloseConversation':
      return listChanged
    case 'TypingStartedIndicator':
      return mapTyping(entry, true)
    case 'TypingStoppedIndicator':
      return mapTyping(entry, false)
    case 'ProgressIndicator':
      return mapProgress(payload)
    case 'QueuePosition':
      return mapQueuePosition(payload)
    case 'StreamingToken':
    case 'StreamingTokenValidation':
      return mapToken(payload)
    default:
      return null
  }
}

/** The visitor knows of their own typing, and a supervisor is not shown. */
function mapTyping(entry: schemas.StreamedEntry, isTyping: boolean): ConversationEvent | null {
  const role = roleOf(entry.sender?.role)
  if (role === 'EndUser' || role === 'Supervisor') return null
  const subject = subjectOf(entry.sender?.subject)
  return {
    kind: 'typing',
    isTyping,
    subject,
    role,
    displayName: plainName(entry.senderDisplayName),
  }
}

function mapProgress(payload: unknown): ConversationEvent | null {
  const read = schemas.progressPayload.safeParse(payload)
  if (!read.success) return null
  const text = toPlainText(read.data.progressIndicator.progressMessage?.text ?? '').trim()
  return { kind: 'progress', text: text === '' ? null : text }
}

function mapQueuePosition(payload: unknown): ConversationEvent | null {
  const read = schemas.queuePayload.safeParse(payload)
  if (!read.success) return null
  const position = read.data.position ?? 0
  return { kind: 'queuePosition', position: position > 0 ? position : null }
}

/** Maps a token; the approval of a text has a number among its tokens, and holds its place. */
function mapToken(payload: unknown): ConversationEvent | null {
  const token = schemas.tokenPayload.safeParse(payload).data?.streamingToken
  if (!token) return null
  const { targetMessageIdentifier: messageId, sequenceNumber, batchNumber } = token
  const isValid = token.valid ?? token.result?.valid
  if (isValid === false) return { kind: 'tokensInvalid', messageId }
  if (typeof sequenceNumber !== 'number') return null
  return {
    kind: 'token',
    messageId,
    turnId: token.turnId ?? null,
    batchNumber: batchNumber ?? 0,
    sequenceNumber,
    text: toPlainText(token.token?.text ?? ''),
  }
}
