/** Parses the responses of Enhanced Chat (`enhanced-chat-api.md §2`). Pure. */
import { decodeJwt } from 'jose'
import { JOSEError } from 'jose/errors'
import { parseJson } from '../../json.js'
import type { EntryPage } from '../../polling/entries.js'
import type { OpenHours } from '../../polling/hours.js'
import { GatewayError } from '../../problem.js'
import {
  expectDone,
  expectSuccess,
  failureOf,
  parseResponse,
  type SalesforceResponse,
  unreadableResponse,
} from '../http.js'
import type {
  ListedConversation,
  OutgoingMessage,
  RoutingStatus,
  SalesforceToken,
  SendResult,
  StreamedFile,
} from '../messaging.js'
import { setupNoteOf } from '../setup-notes.js'
import type { Streamed } from '../stream.js'
import { toEntry } from './entries.js'
import { toOffer } from './offer.js'
import * as schemas from './schemas.js'
import type { Signer } from './signer.js'

/** Salesforce lists at most this many entries at once (`§2.9`). */
export const pageSize = 50

/** Reads a token's end from its own claims; Salesforce states it nowhere else (`§1.5`). */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token)
    if (exp !== undefined) return exp * 1000
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error
  }
  throw unreadableResponse()
}

/**
 * Parses a page of entries, without entries that lack id or time.
 * @throws {GatewayError} the failure that another response means
 */
export function parseEntryPage(response: SalesforceResponse): EntryPage {
  if (response.status !== 200) throw failureOf(response)
  const listed = parseResponse(schemas.entriesResponse, response).conversationEntries
  const entries = listed.flatMap((entry) => toEntry(entry) ?? [])
  return { entries, full: listed.length >= pageSize, now: response.now }
}

/** Names what an operator should check when Salesforce refuses our signature. */
const identityTokenNote =
  'Salesforce did not accept our identity token: check user verification on the channel, the key set linked to it, ' +
  'SALESFORCE_KEY_ISSUER, SALESFORCE_KEY_ID, the certificate, and that /.well-known/jwks.json can be reached'

/**
 * Parses a token and checks its subject, because Salesforce may answer a broken chain of trust with
 * a guest instead of an error (`§1.5`).
 * @throws {GatewayError} upstream_rejected, with a note for the operator, when our set-up is refused
 */
export function parseToken(response: SalesforceResponse, signer: Signer | null): SalesforceToken {
  const setupNote = setupNoteOf(response.text) ?? (signer && identityTokenNote)
  const note = setupNote !== null && { note: setupNote }
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  if (response.status !== 200) throw failureOf(response)
  const { accessToken: token, context } = parseResponse(schemas.tokenResponse, response)
  if (signer && !context.endUser.subject.includes('/AUTH/')) {
    throw new GatewayError('upstream_rejected', { effect: 'none', note: identityTokenNote })
  }
  const offer = toOffer(context.configuration?.embeddedServiceConfig)
  return { token, expiresAt: expiryOf(token), offer }
}

/**
 * Parses the response to the opening of a conversation (`§2.6`).
 * @throws {GatewayError} outside_business_hours
 */
export function parseCreation(response: SalesforceResponse): 'created' | 'exists' {
  if (response.status === 409) return 'exists'
  if (response.status === 412) throw new GatewayError('outside_business_hours', { effect: 'none' })
  expectDone(response)
  return 'created'
}

/**
 * Parses the response to a message. 413 and 415 are answers to files (`§2.11`); 404 to a file may mean
 * that files are not offered, as 403 may. A success that lists an entry has accepted the message,
 * under whichever id.
 * @throws {GatewayError} payload_too_large, unsupported_media_type or conversation_lost for a file
 * @throws {GatewayError} prechat_required when a new session asks for its form (417)
 */
export function parseSendResult(
  response: SalesforceResponse,
  { id, messageType }: OutgoingMessage,
): SendResult {
  const isFile = messageType === 'AttachmentMessage'
  if (isFile && response.status === 413) {
    throw new GatewayError('payload_too_large', { effect: 'none' })
  }
  if (isFile && response.status === 415) {
    throw new GatewayError('unsupported_media_type', { effect: 'none' })
  }
  if (isFile && response.status === 404) {
    throw new GatewayError('conversation_lost', { effect: 'none', isForbidden: true })
  }
  if (response.status === 417) throw new GatewayError('prechat_required', { effect: 'none' })
  expectSuccess(response)
  const sent = parseResponse(schemas.sendResponse, response).conversationEntries
  const entry = sent.find((each) => each.id === id) ?? sent[0]
  if (!entry) throw unreadableResponse()
  return { at: entry.clientTimestamp ?? response.now, listedAs: id }
}

/**
 * Parses the routing status. `ROUTED` does not tell whether a bot or a person is in charge.
 * @throws {GatewayError} the failure that another response means
 */
export function parseRoutingStatus(response: SalesforceResponse): RoutingStatus {
  if (response.status !== 200) throw failureOf(response)
  const status = schemas.routingResponse.safeParse(parseJson(response.text)).data?.routingStatus
  if (status === 'NEEDS_ROUTING') return 'none'
  return status === 'INITIAL' || status === 'TRANSFER' ? 'queue' : 'unknown'
}

export type Listed = readonly (ListedConversation & { startedAt: number })[]

/**
 * Parses a page of conversations. An open one ends at 0, null or never (`§2.7`).
 * @throws {GatewayError} the failure that another response means
 */
export function parseConversations(response: SalesforceResponse): Listed {
  if (response.status !== 200) throw failureOf(response)
  const { conversations } = parseResponse(schemas.conversationsResponse, response)
  return conversations.map(({ conversationId, startTimestamp, endTimestamp }) => ({
    id: conversationId,
    startedAt: startTimestamp ?? 0,
    endedAt: endTimestamp || null,
  }))
}

/**
 * Parses the business hours.
 * @throws {GatewayError} upstream_rejected for any refusal: it points to our configuration, because no
 * conversation is at stake
 */
export function parseBusinessHours(response: SalesforceResponse): OpenHours {
  if (response.status === 429 || response.status >= 500) throw failureOf(response)
  const read = schemas.hoursResponse.safeParse(parseJson(response.text))
  if (response.status !== 200 || !read.success) {
    throw new GatewayError('upstream_rejected', { effect: 'none' })
  }
  const listed = read.data.businessHoursInfo?.businessHours ?? []
  return listed.map(({ startTime, endTime }) => ({ from: startTime, to: endTime }))
}

/** Holds the first bytes of every PDF. */
export const pdfSignature = '%PDF-'

/**
 * Parses the head of a transcript, and passes its body on.
 * @throws {GatewayError} upstream_rejected when it is no PDF
 */
export function parseTranscript(response: SalesforceResponse | Streamed): StreamedFile {
  if ('status' in response) throw failureOf(response)
  const { firstBytes, body, bytes } = response
  const signature = firstBytes.subarray(0, pdfSignature.length)
  if (new TextDecoder('latin1').decode(signature) === pdfSignature) return { body, bytes }
  body.cancel().catch(() => undefined)
  throw unreadableResponse()
}
