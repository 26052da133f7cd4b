/**
 * The real Enhanced Chat API v2 behind the port: one function per call, each of which builds a
 * request, sends it and judges the answer (`enhanced-chat-api.md §2`).
 */
import { decodeJwt } from 'jose'
import { JOSEError } from 'jose/errors'
import type { EntryPage, PageRequest } from '../../polling/entries.js'
import { GatewayError } from '../../problem.js'
import { remainingMs } from '../../request.js'
import { type Answer, type Call, nonsense, persist, readJson, refusal, send } from '../http.js'
import type { Messaging, Opening, Pass, Reach, Routing, Saying } from '../messaging.js'
import { toEntry } from './entries.js'
import { toOffer } from './offer.js'
import { toOutgoing } from './replies.js'
import * as schemas from './schemas.js'

/** Of the time that a message has; the rest is for finding out what became of it. */
const sharePerSend = 0.8

/** Salesforce lists at most this many entries at once (`§2.9`). */
const pageSize = 50

type Options = {
  url: string
  orgId: string
  deployment: string
  /** Left of a request's time when a message is given up, so that its fate can still be looked up. */
  settleMs: number
}

/** When a token ends, from its own claims; Salesforce does not say it elsewhere (`§1.5`). */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token)
    if (exp !== undefined) return exp * 1000
  } catch (error) {
    if (!(error instanceof JOSEError)) throw error
  }
  throw nonsense()
}

function openingBody({ routingAttributes, language }: Opening) {
  return { routingAttributes, ...(language && { language }) }
}

/** The entries of a page; an entry without id or time is passed over. */
function judgePage(answer: Answer): EntryPage {
  if (answer.status !== 200) throw refusal(answer)
  const read = schemas.listAnswer.safeParse(readJson(answer))
  if (!read.success) throw nonsense()
  const listed = read.data.conversationEntries
  const entries = listed.flatMap((entry) => toEntry(entry) ?? [])
  return { entries, full: listed.length >= pageSize, now: answer.now }
}

function judgePass(answer: Answer): Pass {
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    throw new GatewayError('upstream_rejected', { effect: 'none' })
  }
  if (answer.status !== 200) throw refusal(answer)
  const read = schemas.tokenAnswer.safeParse(readJson(answer))
  if (!read.success) throw nonsense()
  const { accessToken: token, context } = read.data
  const offer = toOffer(context.configuration?.embeddedServiceConfig)
  return { token, expiresAt: expiryOf(token), offer }
}

function judgeSaid(answer: Answer, { id }: Saying): number {
  if (answer.status === 417) throw new GatewayError('prechat_required', { effect: 'none' })
  if (answer.status < 200 || answer.status > 299) throw refusal(answer)
  const read = schemas.sentAnswer.safeParse(readJson(answer))
  const entry = read.data?.conversationEntries.find((sent) => sent.id === id)
  if (!entry) throw nonsense()
  return entry.clientTimestamp ?? answer.now
}

/** The body says nothing, but a page of somebody between us and Salesforce is not an answer. */
function judgeDone(answer: Answer): void {
  if (answer.status < 200 || answer.status > 299) throw refusal(answer)
  if (answer.text !== '' && readJson(answer) === null) throw nonsense()
}

/** `ROUTED` does not tell whether a bot or a person is in charge. */
function judgeRouting(answer: Answer): Routing {
  if (answer.status !== 200) throw refusal(answer)
  const status = schemas.routingAnswer.safeParse(readJson(answer)).data?.routingStatus
  if (status === 'NEEDS_ROUTING') return 'none'
  return status === 'INITIAL' || status === 'TRANSFER' ? 'queue' : 'unknown'
}

/** For a session that is opened without a language routing may fail silently (`§2.10`). */
const defaultLanguage = 'en_US'

/** Connects to one deployment of one organisation. */
export function createEnhancedChat(options: Options): Messaging {
  const { url, orgId, deployment, settleMs } = options
  const api = `${url}/iamessage/api/v2`
  const named = `esDeveloperName=${encodeURIComponent(deployment)}`

  function conversationCall(
    { token, conversationId }: Reach,
    method: Call['method'],
    path: string,
    body?: unknown,
  ): Call {
    const target = `${api}/conversation/${conversationId}${path}`
    return { method, url: target, token, ...(body !== undefined && { body }) }
  }

  return {
    /** Not repeated by itself: each call costs one of the organisation's 200 a minute (`§6`). */
    async admitGuest() {
      const body = { orgId, esDeveloperName: deployment, capabilitiesVersion: '1', platform: 'Web' }
      const path = '/authorization/unauthenticated/access-token'
      const call: Call = { method: 'POST', url: `${api}${path}`, body }
      return judgePass(await send(call, remainingMs()))
    },

    async open({ token, conversationId }, opening) {
      const body = { conversationId, esDeveloperName: deployment, ...openingBody(opening) }
      const call: Call = { method: 'POST', url: `${api}/conversation`, token, body }
      await persist(async (timeoutMs) => judgeDone(await send(call, timeoutMs)))
    },

    list(reach, request: PageRequest) {
      const query = new URLSearchParams({ limit: String(pageSize) })
      if (request.order === 'oldestFirst') {
        query.set('direction', 'FromStart')
        if (request.from !== undefined) query.set('startTimestamp', String(request.from))
      } else {
        query.set('direction', 'FromEnd')
        if (request.to !== undefined) query.set('endTimestamp', String(request.to))
      }
      const call = conversationCall(reach, 'GET', `/entries?${query}`)
      return persist(async (timeoutMs) => judgePage(await send(call, timeoutMs)))
    },

    async say(reach, saying, opening) {
      const session = opening && {
        isNewMessagingSession: true,
        routingAttributes: opening.routingAttributes,
        language: opening.language ?? defaultLanguage,
      }
      const body = { message: toOutgoing(saying), esDeveloperName: deployment, ...session }
      const call = conversationCall(reach, 'POST', '/message', body)
      return judgeSaid(await send(call, sharePerSend * (remainingMs() - 2 * settleMs)), saying)
    },

    /** Not repeated: a moment later it would no longer be true (`§2.12`). */
    async type(reach, id, what) {
      const entryType = what === 'started' ? 'TypingStartedIndicator' : 'TypingStoppedIndicator'
      const call = conversationCall(reach, 'POST', '/entry', { entryType, id })
      judgeDone(await send(call, sharePerSend * remainingMs()))
    },

    /** `§2.13` */
    async acknowledge(reach, receipts) {
      const acks = receipts.map(({ id, messageId: conversationEntryId, kind }) => ({
        id,
        entryType: kind === 'read' ? 'Read' : 'Delivery',
        conversationEntryId,
      }))
      const call = conversationCall(reach, 'POST', '/acknowledge-entries', { acks })
      await persist(async (timeoutMs) => judgeDone(await send(call, timeoutMs)))
    },

    routing(reach) {
      const call = conversationCall(reach, 'GET', '')
      return persist(async (timeoutMs) => judgeRouting(await send(call, timeoutMs)))
    },

    async end(reach, scope) {
      const path = scope === 'session' ? `/session?${named}` : `?${named}`
      const call = conversationCall(reach, 'DELETE', path)
      await persist(async (timeoutMs) => judgeDone(await send(call, timeoutMs)))
    },
  }
}
