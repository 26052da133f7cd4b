/**
 * Implements the port over the Enhanced Chat API v2: one function per operation, each of which builds
 * a request, sends it and parses the response (`enhanced-chat-api.md §2`).
 */
import type { PageRequest } from '../../polling/entries.js'
import { GatewayError, isProblem } from '../../problem.js'
import { remainingMs } from '../../request.js'
import { expectDone, type SalesforceRequest, send } from '../http.js'
import type {
  ConversationRef,
  ListedConversation,
  Messaging,
  SessionOptions,
} from '../messaging.js'
import { retry, sendWithRetry } from '../retry.js'
import { sendForStream } from '../stream.js'
import { openEvents } from './events.js'
import { toForm } from './files.js'
import { toOutgoing } from './outgoing.js'
import {
  type Listed,
  pageSize,
  parseBusinessHours,
  parseConversations,
  parseCreation,
  parseEntryPage,
  parseRoutingStatus,
  parseSendResult,
  parseToken,
  parseTranscript,
  pdfSignature,
} from './responses.js'
import type { Signer } from './signer.js'

/** Share of a message's time that sending may take; the rest is for reconciling it. */
const sendTimeShare = 0.8

type Options = {
  url: string
  orgId: string
  deployment: string
  /** The features that token requests ask for, as a decimal number (`§1.5`). */
  capabilitiesVersion: string
  /** Signs for our visitors in verified mode; null: they are guests. */
  signer: Signer | null
  /** Milliseconds left of a request's time when a message is given up, for reconciling it. */
  settleMs: number
  /** Milliseconds that the body of a transcript may pause. */
  streamIdleMs: number
}

function sessionBody({ routingAttributes, language }: SessionOptions) {
  return { routingAttributes, ...(language && { language }) }
}

/** A session needs a language: without one routing may fail silently (`§2.10`). */
const defaultLanguage = 'en_US'

/** Salesforce's list of conversations is read to this many pages of 50 (`§2.7`). */
const maxPages = 10

/** Throws a look that failed on: whether the conversation was opened stays unknown. */
function lookFailed(error: unknown): never {
  if (!isProblem(error)) throw error
  const { retryAfterMs } = error.details
  const delay = retryAfterMs !== undefined && { retryAfterMs }
  throw new GatewayError('upstream_unavailable', { effect: 'unknown', ...delay })
}

/** Connects to one deployment of one organisation. */
export function createEnhancedChat(options: Options): Messaging {
  const { url, orgId, deployment, capabilitiesVersion, signer, settleMs, streamIdleMs } = options
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

  function listPage(token: string, from: number): Promise<Listed> {
    const query = new URLSearchParams({ inclClosedConvs: 'true', limit: String(pageSize) })
    if (from > 0) query.set('startTimestamp', String(from))
    const url = `${api}/conversation/list?${query}`
    const request: SalesforceRequest = { method: 'GET', url, token }
    return sendWithRetry(request, parseConversations)
  }

  /** Lists oldest first, so that the next page begins where the last one ended. */
  async function listConversations(token: string): Promise<ListedConversation[]> {
    const found = new Map<string, ListedConversation>()
    for (let from = 0, pages = 0; pages < maxPages; pages++) {
      const page = await listPage(token, from)
      for (const { id, endedAt } of page) found.set(id, { id, endedAt })
      const newest = Math.max(from, ...page.map(({ startedAt }) => startedAt))
      if (page.length < pageSize || newest === from) break
      from = newest
    }
    return [...found.values()]
  }

  /**
   * Looks if a conversation that exists already is the owner's, and open.
   * @throws {GatewayError} conversation_ended when it is closed
   * @throws {GatewayError} upstream_rejected when it is not the owner's
   * @throws {GatewayError} upstream_unavailable when that cannot be found out
   */
  async function expectOpen({ token, conversationId }: ConversationRef): Promise<void> {
    const listed = await listConversations(token).catch(lookFailed)
    const found = listed.find(({ id }) => id === conversationId)
    if (!found) throw new GatewayError('upstream_rejected', { effect: 'none' })
    if (found.endedAt !== null) throw new GatewayError('conversation_ended', { effect: 'none' })
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
