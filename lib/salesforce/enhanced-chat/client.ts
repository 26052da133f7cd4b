/**
 * The real Enhanced Chat API v2 behind the port: one function per call, each of which builds a
 * request, sends it and judges the answer (`enhanced-chat-api.md §2`).
 */
import type { PageRequest } from '../../polling/entries.js'
import { remainingMs } from '../../request.js'
import { type Call, judgeDone, persist, send } from '../http.js'
import type { Messaging, Opening, Reach, Saying } from '../messaging.js'
import { toForm } from './files.js'
import { createFurther } from './further.js'
import { judgePage, judgePass, judgeRouting, judgeSaid, pageSize } from './judge.js'
import { toOutgoing } from './replies.js'
import type { Signer } from './signer.js'

/** Of the time that a message has; the rest is for finding out what became of it. */
const sharePerSend = 0.8

type Options = {
  url: string
  orgId: string
  deployment: string
  /** Signs for our visitors in verified mode; null: they are guests. */
  signer: Signer | null
  /** Left of a request's time when a message is given up, so that its fate can still be looked up. */
  settleMs: number
}

function openingBody({ routingAttributes, language }: Opening) {
  return { routingAttributes, ...(language && { language }) }
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
