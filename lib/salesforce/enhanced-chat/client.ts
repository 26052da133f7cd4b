/**
 * Implements the port over the Enhanced Chat API v2: one function per operation, each of which builds
 * a request, sends it and parses the response (`enhanced-chat-api.md §2`).
 */
import type { PageRequest } from '../../polling/entries.js'
import { GatewayError, isProblem } from '../../problem.js'
import { remainingMs } from '../../request.js'
import { expectDone, retry, type SalesforceRequest, send } from '../http.js'
import type {
  ConversationRef,
  ListedConversation,
  Messaging,
  SessionOptions,
} from '../messaging.js'
import { sendForStream } from '../stream.js'
import { toForm } from './files.js'
import { toOutgoing } from './outgoing.js'
import {
  type Listed,
  pageSize,
  parseBusinessHours,
  parseConversations,
  parseEntryPage,
  parseRoutingStatus,
  parseSendResult,
  parseToken,
  parseTranscript,
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
  /** Milliseconds left of a request's time when a message is given up, for reconciling it. */
  settleMs: number
}

function sessionBody({ routingAttributes, language }: SessionOptions) {
  return { routingAttributes, ...(language && { language }) }
}

/** A session needs a language: without one routing may fail silently (`§2.10`). */
const defaultLanguage = 'en_US'

/** Salesforce's list of conversations is read to this many pages of 50 (`§2.7`). */
const maxPages = 10

/**
 * Tells two meanings of a refusal apart: the organisation may not offer the operation, or the visitor
 * may not be let in any more. A visitor who may still look has lost nothing.
 * @throws {GatewayError} unsupported, or the refusal itself
 */
async function unsupportedOrLost(refused: unknown, look: () => Promise<boolean>): Promise<never> {
  if (isProblem(refused, 'conversation_lost') && (await look())) {
    throw new GatewayError('unsupported', { effect: 'none' })
  }
  throw refused
}

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

  /** The members that sendMessage and sendFile share; those of `session` open a new session (`§2.10`). */
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

  async function listPage(token: string, from: number): Promise<Listed> {
    const query = new URLSearchParams({ inclClosedConvs: 'true', limit: String(pageSize) })
    if (from > 0) query.set('startTimestamp', String(from))
    const url = `${api}/conversation/list?${query}`
    const request: SalesforceRequest = { method: 'GET', url, token }
    return await retry(async (timeoutMs) => parseConversations(await send(request, timeoutMs)))
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

  /** Tells that a conversation is open, by the list of its owner's conversations. */
  async function isOpen({ token, conversationId }: ConversationRef): Promise<boolean> {
    const listed = await listConversations(token)
    return listed.some(({ id, endedAt }) => id === conversationId && endedAt === null)
  }

  return {
    traits: { renewable: signer !== null, ourIds: true, narrated: true },
    listConversationEntries,
    listConversations,

    /** Makes no retry: each call costs one of the organisation's 200 a minute (`§6`). */
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

    async createConversation({ token, conversationId }, session) {
      const body = { conversationId, esDeveloperName: deployment, ...sessionBody(session) }
      const request: SalesforceRequest = { method: 'POST', url: `${api}/conversation`, token, body }
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
      return conversationId
    },

    async sendMessage(ref, message, session) {
      const body = { message: toOutgoing(message), ...envelopeOf(session) }
      const request = conversationRequest(ref, 'POST', '/message', { body })
      return parseSendResult(await sendInTime(request), message)
    },

    /** A file that is refused in an open conversation is refused for being a file. */
    async sendFile(ref, file, session) {
      const form = toForm(file, envelopeOf(session))
      const request = conversationRequest(ref, 'POST', '/file', { form })
      const response = await sendInTime(request)
      try {
        return parseSendResult(response, file)
      } catch (error) {
        return await unsupportedOrLost(error, () => isOpen(ref))
      }
    },

    /** Makes no retry: a moment later the indicator would be wrong (`§2.12`). */
    async addTypingIndicator(ref, id, what) {
      const entryType = what === 'started' ? 'TypingStartedIndicator' : 'TypingStoppedIndicator'
      const request = conversationRequest(ref, 'POST', '/entry', { body: { entryType, id } })
      expectDone(await send(request, sendTimeShare * remainingMs()))
    },

    /** Sends receipts (`§2.13`). */
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

    async closeConversation(ref) {
      const request = conversationRequest(ref, 'DELETE', `?${deploymentQuery}`)
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
    },

    async endMessagingSession(ref) {
      const request = conversationRequest(ref, 'DELETE', `/session?${deploymentQuery}`)
      await retry(async (timeoutMs) => expectDone(await send(request, timeoutMs)))
    },

    async retrieveConversationTranscript(ref) {
      const path = `/transcript?${deploymentQuery}`
      const request = conversationRequest(ref, 'GET', path)
      try {
        return await retry(async (timeoutMs) =>
          parseTranscript(await sendForStream(request, timeoutMs)),
        )
      } catch (error) {
        const mayRead = () => listConversationEntries(ref, { order: 'newestFirst' })
        return await unsupportedOrLost(error, () => mayRead().then(() => true))
      }
    },

    async getBusinessHours() {
      const query = new URLSearchParams({ orgId, esConfigName: deployment })
      const target = `${url}/embeddedservice/v1/businesshours?${query}`
      const request: SalesforceRequest = { method: 'GET', url: target }
      return await retry(async (timeoutMs) => parseBusinessHours(await send(request, timeoutMs)))
    },
  }
}
