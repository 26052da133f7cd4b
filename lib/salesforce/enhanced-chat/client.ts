/**
 * Implements the port over the Enhanced Chat API v2: one function per operation, each of which builds
 * a request, sends it and parses the response (`enhanced-chat-api.md §2`).
 */
import type { PageRequest } from '../../polling/entries.js'
import { remainingMs } from '../../request.js'
import { expectDone, type SalesforceRequest, send } from '../http.js'
import type { ConversationRef, Messaging, SessionOptions } from '../messaging.js'
import { retry, sendWithRetry } from '../retry.js'
import { sendForStream } from '../stream.js'
import { createConversationList } from './conversation-list.js'
import { openEvents } from './events.js'
import { toForm } from './files.js'
import { toOutgoing } from './outgoing.js'
import {
  pageSize,
  parseBusinessHours,
  parseCreation,
  parseEntryPage,
  parseRoutingStatus,
  parseSendResult,
  parseToken,
  parseTranscript,
  pdfSignature,
} from './responses.js'
import type { Signer } from './signer.js'

/** Sets the share of a message's time that sending may take; the rest is for reconciling it. */
const sendTimeShare = 0.8

type Options = {
  url: string
  orgId: string
  deployment: string
  /** Holds the features that token requests ask for, as a decimal number (`§1.5`). */
  capabilitiesVersion: string
  /** Signs for our visitors in verified mode; null: they are guests. */
  signer: Signer | null
  /**
   * Holds the milliseconds left of a request's time when a message is given up, for reconciling it.
   */
  settleMs: number
  /** Holds the milliseconds that the body of a transcript may pause. */
  streamIdleMs: number
}

function sessionBody({ routingAttributes, language }: SessionOptions) {
  return { routingAttributes, ...(language && { language }) }
}

/** A session needs a language: without one routing may fail silently (`§2.10`). */
const defaultLanguage = 'en_US'

/** Connects to one deployment of one organisation. */
export function createEnhancedChat(options: Options): Messaging {
  const { url, orgId, deployment, capabilitiesVersion, signer, settleMs, streamIdleMs } = options
  const api = `${url}/iamessage/api/v2`
  const guestTokens = `${api}/authorization/unauthenticated/access-token`
  const verifiedTokens = `${api}/authorization/authenticated/access-token`
  const { listConversations, expectOpen } = createConversationList(api)
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

  async function listConversationEntries(
    ref: ConversationRef,
    page: PageRequest,
    timeoutMs: number,
  ) {
    const query = new URLSearchParams({ limit: String(pageSize) })
    if (page.order === 'oldestFirst') {
      query.set('direction', 'FromStart')
      const { startTimestamp } = page
      if (startTimestamp !== undefined) query.set('startTimestamp', String(startTimestamp))
    } else {
      query.set('direction', 'FromEnd')
      const { endTimestamp } = page
      if (endTimestamp !== undefined) query.set('endTimestamp', String(endTimestamp))
    }
    const request = conversationRequest(ref, 'GET', `/entries?${query}`)
    return parseEntryPage(await send(request, timeoutMs))
  }

  /**
   * Returns the members that sendMessage and sendFile share; those of `session` open a new session
   * (`§2.10`).
   */
  function envelopeOf(session: SessionOptions | null) {
    if (!session) return { esDeveloperName: deployment }
    const { routingAttributes, language } = session
    return {
      esDeveloperName: deployment,
      isNewMessagingSession: true,
      routingAttributes,
      language: language ?? defaultLanguage,
    }
  }

  /** Sends once, within a time that leaves enough of the request's for reconciling. */
  function sendInTime(request: SalesforceRequest) {
    return send(request, sendTimeShare * (remainingMs() - 2 * settleMs))
  }

  return {
    traits: { renewable: signer !== null, ourIds: true, narrated: true, events: true },
    listConversationEntries,
    listConversations,

    /** Makes one request: each costs one of the organisation's 200 a minute (`§6`), and callers count it. */
    async createToken(subject) {
      const client = {
        orgId,
        esDeveloperName: deployment,
        capabilitiesVersion,
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

    async createConversation({ token, conversationId }, session) {
      const body = { conversationId, esDeveloperName: deployment, ...sessionBody(session) }
      const request: SalesforceRequest = { method: 'POST', url: `${api}/conversation`, token, body }
      if ((await sendWithRetry(request, parseCreation)) === 'exists') {
        await expectOpen({ token, conversationId })
      }
      return conversationId
    },

    async sendMessage(ref, message, session) {
      const body = { message: toOutgoing(message), ...envelopeOf(session) }
      const request = conversationRequest(ref, 'POST', '/message', { body })
      return parseSendResult(await sendInTime(request), message)
    },

    async sendFile(ref, file, session) {
      const form = toForm(file, envelopeOf(session))
      const request = conversationRequest(ref, 'POST', '/file', { form })
      return parseSendResult(await sendInTime(request), file)
    },

    openEventStream: (ref, options) => openEvents({ url, orgId }, ref, options),

    /** Makes no retry: a moment later the indicator would be wrong (`§2.12`). */
    async addTypingIndicator(ref, id, what) {
      const entryType = what === 'started' ? 'TypingStartedIndicator' : 'TypingStoppedIndicator'
      const request = conversationRequest(ref, 'POST', '/entry', { body: { entryType, id } })
      expectDone(await send(request, sendTimeShare * remainingMs()))
    },

    /** Sends receipts (`§2.13`). */
    acknowledgeEntries(ref, receipts) {
      const acks = receipts.map(({ id, messageId: conversationEntryId, kind }) => ({
        id,
        entryType: kind === 'read' ? 'Read' : 'Delivery',
        conversationEntryId,
      }))
      const request = conversationRequest(ref, 'POST', '/acknowledge-entries', { body: { acks } })
      return sendWithRetry(request, expectDone)
    },

    retrieveConversationRoutingStatus(ref) {
      const request = conversationRequest(ref, 'GET', '')
      return sendWithRetry(request, parseRoutingStatus)
    },

    closeConversation(ref) {
      const request = conversationRequest(ref, 'DELETE', `?${deploymentQuery}`)
      return sendWithRetry(request, expectDone)
    },

    endMessagingSession(ref) {
      const request = conversationRequest(ref, 'DELETE', `/session?${deploymentQuery}`)
      return sendWithRetry(request, expectDone)
    },

    async retrieveConversationTranscript(ref) {
      const path = `/transcript?${deploymentQuery}`
      const request = conversationRequest(ref, 'GET', path)
      return await retry(async (timeoutMs) =>
        parseTranscript(
          await sendForStream(request, {
            timeoutMs,
            idleMs: streamIdleMs,
            firstBytes: pdfSignature.length,
          }),
        ),
      )
    },

    getBusinessHours() {
      const query = new URLSearchParams({ orgId, esConfigName: deployment })
      const target = `${url}/embeddedservice/v1/businesshours?${query}`
      const request: SalesforceRequest = { method: 'GET', url: target }
      return sendWithRetry(request, parseBusinessHours)
    },
  }
}
