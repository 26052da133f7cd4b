/**
 * Requests beside the conversation's own flow: transcript, the list of conversations, business
 * hours (`enhanced-chat-api.md §2.7`, `§2.16`, `§2.18`).
 */
import type { OpenHours } from '../../polling/hours.js'
import { GatewayError, isProblem } from '../../problem.js'
import {
  failureOf,
  parseResponse,
  readJson,
  retry,
  type SalesforceRequest,
  type SalesforceResponse,
  send,
  unreadableResponse,
} from '../http.js'
import type { ConversationRef, ListedConversation, Messaging } from '../messaging.js'
import { type Streamed, sendForStream } from '../stream.js'
import * as schemas from './schemas.js'

type Options = { url: string; orgId: string; deployment: string }

/** Salesforce lists at most this many conversations at once (`§2.7`). */
const pageSize = 50
const maxPages = 10

type Listed = readonly (ListedConversation & { startedAt: number })[]

/** An open one ends at 0, null or never (`§2.7`). */
function parseConversations(response: SalesforceResponse): Listed {
  if (response.status !== 200) throw failureOf(response)
  const { conversations } = parseResponse(schemas.conversationsResponse, response)
  return conversations.map(({ conversationId, startTimestamp, endTimestamp }) => ({
    id: conversationId,
    startedAt: startTimestamp ?? 0,
    endedAt: endTimestamp || null,
  }))
}

/** Nobody's conversation is at stake, so every refusal is one of our configuration. */
function parseBusinessHours(response: SalesforceResponse): OpenHours {
  if (response.status === 429 || response.status >= 500) throw failureOf(response)
  const read = schemas.hoursResponse.safeParse(readJson(response))
  if (response.status !== 200 || !read.success) {
    throw new GatewayError('upstream_rejected', { effect: 'none' })
  }
  const listed = read.data.businessHoursInfo?.businessHours ?? []
  return listed.map(({ startTime, endTime }) => ({ from: startTime, to: endTime }))
}

function parseTranscript(response: SalesforceResponse | Streamed): ReadableStream<Uint8Array> {
  if ('status' in response) throw failureOf(response)
  const { firstBytes, body } = response
  if (new TextDecoder('latin1').decode(firstBytes.subarray(0, 5)) === '%PDF-') return body
  body.cancel().catch(() => undefined)
  throw unreadableResponse()
}

/**
 * A refusal of one thing may mean that the organisation does not offer it, or that the visitor is
 * not let in any more: whoever may still look has lost nothing.
 */
async function unsupportedOrLost(refused: unknown, look: () => Promise<boolean>): Promise<never> {
  if (isProblem(refused, 'conversation_lost') && (await look())) {
    throw new GatewayError('unsupported', { effect: 'none' })
  }
  throw refused
}

type Further = Pick<
  Messaging,
  'retrieveConversationTranscript' | 'listConversations' | 'getBusinessHours'
>

/** `mayRead`: whether the visitor is still let in; throws when not. */
export function createFurther(
  options: Options,
  mayRead: (ref: ConversationRef) => Promise<unknown>,
) {
  const { url, orgId, deployment } = options
  const api = `${url}/iamessage/api/v2`

  async function listFrom(token: string, from: number): Promise<Listed> {
    const query = new URLSearchParams({ inclClosedConvs: 'true', limit: String(pageSize) })
    if (from > 0) query.set('startTimestamp', String(from))
    const request: SalesforceRequest = {
      method: 'GET',
      url: `${api}/conversation/list?${query}`,
      token,
    }
    return await retry(async (timeoutMs) => parseConversations(await send(request, timeoutMs)))
  }

  const verbs: Further = {
    async retrieveConversationTranscript(ref) {
      const query = new URLSearchParams({ esDeveloperName: deployment })
      const target = `${api}/conversation/${ref.conversationId}/transcript?${query}`
      const request: SalesforceRequest = { method: 'GET', url: target, token: ref.token }
      try {
        return await retry(async (timeoutMs) =>
          parseTranscript(await sendForStream(request, timeoutMs)),
        )
      } catch (error) {
        return await unsupportedOrLost(error, () => mayRead(ref).then(() => true))
      }
    },

    /** Listed oldest first, so that the next page begins where the last one ended. */
    async listConversations(token) {
      const found = new Map<string, ListedConversation>()
      for (let from = 0, pages = 0; pages < maxPages; pages++) {
        const page = await listFrom(token, from)
        for (const { id, endedAt } of page) found.set(id, { id, endedAt })
        const newest = Math.max(from, ...page.map(({ startedAt }) => startedAt))
        if (page.length < pageSize || newest === from) break
        from = newest
      }
      return [...found.values()]
    },

    async getBusinessHours() {
      const query = new URLSearchParams({ orgId, esConfigName: deployment })
      const target = `${url}/embeddedservice/v1/businesshours?${query}`
      const request: SalesforceRequest = { method: 'GET', url: target }
      return await retry(async (timeoutMs) => parseBusinessHours(await send(request, timeoutMs)))
    },
  }

  /** A file that is refused in a conversation that is open is refused for being a file. */
  function fileRefused(error: unknown, { token, conversationId }: ConversationRef): Promise<never> {
    return unsupportedOrLost(error, async () => {
      const listed = await verbs.listConversations(token)
      return listed.some(({ id, endedAt }) => id === conversationId && endedAt === null)
    })
  }

  return { verbs, fileRefused }
}
