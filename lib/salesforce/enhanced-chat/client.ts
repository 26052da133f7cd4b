/**
 * The real Enhanced Chat API v2 behind the port: one function per call, each of which builds a
 * request, sends it and judges the answer (`enhanced-chat-api.md §2`).
 */
import type { PageRequest } from '../../polling/entries.js'
import { remainingMs } from '../../request.js'
import { expectDone, retry, type SalesforceRequest, send } from '../http.js'
import type { ConversationRef, Messaging, OutgoingMessage, SessionOptions } from '../messaging.js'
import { toForm } from './files.js'
import { createFurther } from './further.js'
import { toOutgoing } from './outgoing.js'
import {
  pageSize,
  parseEntryPage,
  parseRoutingStatus,
  parseSendResult,
  parseToken,
} from './responses.js'
import type { Signer } from './signer.js'

/** Share of a message's time that sending may take; the rest is for reconciling it. */
const sendTimeShare = 0.8

type Options = {
  url: string
  orgId: string
  deployment: string
  /** Signs for our visitors in verified mode; null: they are guests. */
  signer: Signer | null
  /** Left of a request's time when a message is given up, so that its fate can still be looked up. */
  settleMs: number
}

function sessionBody({ routingAttributes, language }: SessionOptions) {
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
  const deploymentQuery = `esDeveloperName=${encodeURIComponent(deployment)}`

  function conversationRequest(
    { token, conversationId }: ConversationRef,
    method: SalesforceRequest['method'],
    path: string,
    content: Pick<SalesforceRequest, 'body' | 'form'> = {},
  ): SalesforceRequest {
    const target = `${api}/conversation/${conversationId}${path}`
    return { method, url: target, token, ...content }
  }

  function listConversationEntries(ref: ConversationRef, page: PageRequest) {
    const query = new URLSearchParams({ limit: String(pageSize) })
    if (page.order === 'oldestFirst') {
      query.set('direction', 'FromStart')
      if (page.startTimestamp !== undefined)
        query.set('startTimestamp', String(page.startTimestamp))
    } else {
      query.set('direction', 'FromEnd')
      if (page.endTimestamp !== undefined) query.set('endTimestamp', String(page.endTimestamp))
    }
    const request = conversationRequest(ref, 'GET', `/entries?${query}`)
    return retry(async (timeoutMs) => parseEntryPage(await send(request, timeoutMs)))
  }

  /** A file goes another way, with the same envelope. */
  function messageRequest(
    ref: ConversationRef,
    message: OutgoingMessage,
    envelope: object,
  ): SalesforceRequest {
    if (message.messageType === 'AttachmentMessage') {
      return conversationRequest(ref, 'POST', '/file', { form: toForm(message, envelope) })
    }
    const body = { message: toOutgoing(message), ...envelope }
    return conversationRequest(ref, 'POST', '/message', { body })
  }

  const { verbs, fileRefused } = createFurther(options, (ref) =>
    listConversationEntries(ref, { order: 'newestFirst' }),
  )

  return {
    traits: { renewable: signer !== null, ourIds: true, narrated: true },
    ...verbs,
    listConversationEntries,

    /** Not repeated by itself: each call costs one of the organisation's 200 a minute (`§6`). */
    async createToken(subject) {
      const client = {
        orgId,
        esDeveloperName: deployment,
        capabilitiesVersion: '1',
        platform: 'Web',
      }
      const identity = signer && {
        authorizationType: 'JWT',
        customerIdentityToken: await signer.sign(subject),
      }
      const url = signer ? verifiedTokens : guestTokens
      const request: SalesforceRequest = { method: 'POST', url, body: { ...client, ...identity } }
      return parseToken(await send(request, remainingMs()), signer)
    },

    async revokeToken(token) {
      const request: SalesforceRequest = { method: 'DELETE', url: verifiedTokens, token }
      expectDone(await send(request, remainingMs()))
    },

    async createConversation({ token, conversationId }, opening) {
      const body = { conversationId, esDeveloperName: deployment, ...sessionBody(opening) }
      const request: SalesforceRequest = { method: 'POST', url: `${api}/conversation`, token, body }
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
      return conversationId
    },

    async sendMessage(ref, message, opening) {
      const session = opening && {
        isNewMessagingSession: true,
        routingAttributes: opening.routingAttributes,
        language: opening.language ?? defaultLanguage,
      }
      const request = messageRequest(ref, message, { esDeveloperName: deployment, ...session })
      const response = await send(request, sendTimeShare * (remainingMs() - 2 * settleMs))
      try {
        return parseSendResult(response, message)
      } catch (error) {
        if (message.messageType !== 'AttachmentMessage') throw error
        return await fileRefused(error, ref)
      }
    },

    /** Not repeated: a moment later it would no longer be true (`§2.12`). */
    async addTypingIndicator(ref, id, what) {
      const entryType = what === 'started' ? 'TypingStartedIndicator' : 'TypingStoppedIndicator'
      const request = conversationRequest(ref, 'POST', '/entry', { body: { entryType, id } })
      expectDone(await send(request, sendTimeShare * remainingMs()))
    },

    /** `§2.13` */
    async acknowledgeEntries(ref, receipts) {
      const acks = receipts.map(({ id, messageId: conversationEntryId, kind }) => ({
        id,
        entryType: kind === 'read' ? 'Read' : 'Delivery',
        conversationEntryId,
      }))
      const request = conversationRequest(ref, 'POST', '/acknowledge-entries', { body: { acks } })
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
    },

    retrieveConversationRoutingStatus(ref) {
      const request = conversationRequest(ref, 'GET', '')
      return retry(async (timeoutMs) => parseRoutingStatus(await send(request, timeoutMs)))
    },

    async end(ref, scope) {
      const path = scope === 'session' ? `/session?${deploymentQuery}` : `?${deploymentQuery}`
      const request = conversationRequest(ref, 'DELETE', path)
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
    },
  }
}
