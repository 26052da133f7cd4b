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
import type { Messaging, Opening, Pass, Reach, Routing, Said, Saying } from '../messaging.js'
import { toEntry } from './entries.js'
import { toForm } from './files.js'
import { createFurther } from './further.js'
import { toOffer } from './offer.js'
import { toOutgoing } from './replies.js'
import * as schemas from './schemas.js'
import type { Signer } from './signer.js'

/** Of the time that a message has; the rest is for finding out what became of it. */
const sharePerSend = 0.8

/** Salesforce lists at most this many entries at once (`§2.9`). */
const pageSize = 50

type Options = {
  url: string
  orgId: string
  deployment: string
  /** Signs for our visitors in verified mode; null: they are guests. */
  signer: Signer | null
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

/** What an operator should check when Salesforce does not believe our signature. */
const chain =
  'Salesforce did not accept our identity token: check user verification on the channel, the key set linked to it, ' +
  'SALESFORCE_KEY_ISSUER, SALESFORCE_KEY_ID, the certificate, and that /.well-known/jwks.json can be reached'

/**
 * Salesforce may answer a broken chain of trust with a guest instead of an error (`§1.5`), so the
 * subject is looked at.
 */
function judgePass(answer: Answer, signer: Signer | null): Pass {
  const note = signer ? { note: chain } : {}
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  if (answer.status !== 200) throw refusal(answer)
  const read = schemas.tokenAnswer.safeParse(readJson(answer))
  if (!read.success) throw nonsense()
  const { accessToken: token, context } = read.data
  if (signer && !context.endUser.subject.includes('/AUTH/')) {
    throw new GatewayError('upstream_rejected', { effect: 'none', ...note })
  }
  const offer = toOffer(context.configuration?.embeddedServiceConfig)
  return { token, expiresAt: expiryOf(token), offer }
}

/** 413 and 415 are answers to files (`§2.11`). */
function judgeSaid(answer: Answer, { id, messageType }: Saying): Said {
  const isFile = messageType === 'AttachmentMessage'
  if (isFile && answer.status === 413) {
    throw new GatewayError('payload_too_large', { effect: 'none' })
  }
  if (isFile && answer.status === 415) {
    throw new GatewayError('unsupported_media_type', { effect: 'none' })
  }
  if (answer.status === 417) throw new GatewayError('prechat_required', { effect: 'none' })
  if (answer.status < 200 || answer.status > 299) throw refusal(answer)
  const read = schemas.sentAnswer.safeParse(readJson(answer))
  const entry = read.data?.conversationEntries.find((sent) => sent.id === id)
  if (!entry) throw nonsense()
  return { at: entry.clientTimestamp ?? answer.now, listedAs: id }
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
  const { url, orgId, deployment, signer, settleMs } = options
  const api = `${url}/iamessage/api/v2`
  const guestTokens = `${api}/authorization/unauthenticated/access-token`
  const verifiedTokens = `${api}/authorization/authenticated/access-token`
  const named = `esDeveloperName=${encodeURIComponent(deployment)}`

  function conversationCall(
    { token, conversationId }: Reach,
    method: Call['method'],
    path: string,
    content: Pick<Call, 'body' | 'form'> = {},
  ): Call {
    const target = `${api}/conversation/${conversationId}${path}`
    return { method, url: target, token, ...content }
  }

  function list(reach: Reach, request: PageRequest) {
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
  }

  /** A file goes another way, with the same envelope. */
  function sayingCall(reach: Reach, saying: Saying, envelope: object): Call {
    if (saying.messageType === 'AttachmentMessage') {
      return conversationCall(reach, 'POST', '/file', { form: toForm(saying, envelope) })
    }
    const body = { message: toOutgoing(saying), ...envelope }
    return conversationCall(reach, 'POST', '/message', { body })
  }

  const { verbs, fileRefused } = createFurther(options, (reach) =>
    list(reach, { order: 'newestFirst' }),
  )

  return {
    traits: { renewable: signer !== null, ourIds: true, narrated: true },
    ...verbs,
    list,

    /** Not repeated by itself: each call costs one of the organisation's 200 a minute (`§6`). */
    async admit(subject) {
      const client = {
        orgId,
        esDeveloperName: deployment,
        capabilitiesVersion: '1',
        platform: 'Web',
      }
      const proof = signer && {
        authorizationType: 'JWT',
        customerIdentityToken: await signer.sign(subject),
      }
      const url = signer ? verifiedTokens : guestTokens
      const call: Call = { method: 'POST', url, body: { ...client, ...proof } }
      return judgePass(await send(call, remainingMs()), signer)
    },

    async revoke(token) {
      const call: Call = { method: 'DELETE', url: verifiedTokens, token }
      judgeDone(await send(call, remainingMs()))
    },

    async open({ token, conversationId }, opening) {
      const body = { conversationId, esDeveloperName: deployment, ...openingBody(opening) }
      const call: Call = { method: 'POST', url: `${api}/conversation`, token, body }
      await persist(async (timeoutMs) => judgeDone(await send(call, timeoutMs)))
      return conversationId
    },

    async say(reach, saying, opening) {
      const session = opening && {
        isNewMessagingSession: true,
        routingAttributes: opening.routingAttributes,
        language: opening.language ?? defaultLanguage,
      }
      const call = sayingCall(reach, saying, { esDeveloperName: deployment, ...session })
      const answer = await send(call, sharePerSend * (remainingMs() - 2 * settleMs))
      try {
        return judgeSaid(answer, saying)
      } catch (error) {
        if (saying.messageType !== 'AttachmentMessage') throw error
        return await fileRefused(error, reach)
      }
    },

    /** Not repeated: a moment later it would no longer be true (`§2.12`). */
    async type(reach, id, what) {
      const entryType = what === 'started' ? 'TypingStartedIndicator' : 'TypingStoppedIndicator'
      const call = conversationCall(reach, 'POST', '/entry', { body: { entryType, id } })
      judgeDone(await send(call, sharePerSend * remainingMs()))
    },

    /** `§2.13` */
    async acknowledge(reach, receipts) {
      const acks = receipts.map(({ id, messageId: conversationEntryId, kind }) => ({
        id,
        entryType: kind === 'read' ? 'Read' : 'Delivery',
        conversationEntryId,
      }))
      const call = conversationCall(reach, 'POST', '/acknowledge-entries', { body: { acks } })
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
