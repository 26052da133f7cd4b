/** Parses the responses of Enhanced Chat (`enhanced-chat-api.md §2`). Pure. */
import { decodeJwt } from 'jose'
import { JOSEError } from 'jose/errors'
import { parseJson } from '../../json.js'
import type { EntryPage } from '../../polling/entries.js'
import type { OpenHours } from '../../polling/hours.js'
import { GatewayError } from '../../problem.js'
import {
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
} from '../messaging.js'
import type { Streamed } from '../stream.js'
import { toEntry } from './entries.js'
import { toOffer } from './offer.js'
import * as schemas from './schemas.js'
import type { Signer } from './signer.js'

/** Salesforce lists at most this many entries at once (`§2.9`). */
export const pageSize = 50

/** When a token ends, from its own claims; Salesforce does not say it elsewhere (`§1.5`). */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token)
    if (exp !== undefined) return exp * 1000
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error
  }
  throw unreadableResponse()
}

/** The entries of a page; an entry without id or time is passed over. */
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
 * Salesforce may answer a broken chain of trust with a guest instead of an error (`§1.5`), so the
 * subject is looked at.
 */
export function parseToken(response: SalesforceResponse, signer: Signer | null): SalesforceToken {
  const note = signer ? { note: identityTokenNote } : {}
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  if (response.status !== 200) throw failureOf(response)
  const { accessToken: token, context } = parseResponse(schemas.tokenResponse, response)
  if (signer && !context.endUser.subject.includes('/AUTH/')) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  const offer = toOffer(context.configuration?.embeddedServiceConfig)
  return { token, expiresAt: expiryOf(token), offer }
}

/** 413 and 415 are answers to files (`§2.11`). */
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
  if (response.status === 417) throw new GatewayError('prechat_required', { effect: 'none' })
  expectSuccess(response)
  const sent = parseResponse(schemas.sendResponse, response).conversationEntries
  const entry = sent.find((each) => each.id === id)
  if (!entry) throw unreadableResponse()
  return { at: entry.clientTimestamp ?? response.now, listedAs: id }
}

/** `ROUTED` does not tell whether a bot or a person is in charge. */
export function parseRoutingStatus(response: SalesforceResponse): RoutingStatus {
  if (response.status !== 200) throw failureOf(response)
  const status = schemas.routingResponse.safeParse(parseJson(response.text)).data?.routingStatus
  if (status === 'NEEDS_ROUTING') return 'none'
  return status === 'INITIAL' || status === 'TRANSFER' ? 'queue' : 'unknown'
}

export type Listed = readonly (ListedConversation & { startedAt: number })[]

/** Parses a page of conversations. An open one ends at 0, null or never (`§2.7`). */
export function parseConversations(response: SalesforceResponse): Listed {
  if (response.status !== 200) throw failureOf(response)
  const { conversations } = parseResponse(schemas.conversationsResponse, response)
  return conversations.map(({ conversationId, startTimestamp, endTimestamp }) => ({
    id: conversationId,
    startedAt: startTimestamp ?? 0,
    endedAt: endTimestamp || null,
  }))
}

/** Parses the business hours. No conversation is at stake, so any refusal points to our configuration. */
export function parseBusinessHours(response: SalesforceResponse): OpenHours {
  if (response.status === 429 || response.status >= 500) throw failureOf(response)
  const read = schemas.hoursResponse.safeParse(parseJson(response.text))
  if (response.status !== 200 || !read.success) {
    throw new GatewayError('upstream_rejected', { effect: 'none' })
  }
  const listed = read.data.businessHoursInfo?.businessHours ?? []
  return listed.map(({ startTime, endTime }) => ({ from: startTime, to: endTime }))
}

export function parseTranscript(
  response: SalesforceResponse | Streamed,
): ReadableStream<Uint8Array> {
  if ('status' in response) throw failureOf(response)
  const { firstBytes, body } = response
  if (new TextDecoder('latin1').decode(firstBytes.subarray(0, 5)) === '%PDF-') return body
  body.cancel().catch(() => undefined)
  throw unreadableResponse()
}
