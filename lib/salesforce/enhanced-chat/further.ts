/**
 * What is asked beside the conversation's own flow: transcript, the list of conversations, business
 * hours (`enhanced-chat-api.md §2.7`, `§2.16`, `§2.18`).
 */
import type { OpenHours } from '../../polling/hours.js'
import { GatewayError, isProblem } from '../../problem.js'
import {
  type Answer,
  type Call,
  nonsense,
  persist,
  readAs,
  readJson,
  refusal,
  send,
} from '../http.js'
import type { ListedConversation, Messaging, Reach } from '../messaging.js'
import { type Streamed, sendForStream } from '../stream.js'
import * as schemas from './schemas.js'

type Options = { url: string; orgId: string; deployment: string }

/** Salesforce lists at most this many conversations at once (`§2.7`). */
const pageSize = 50
const maxPages = 10

type Listed = readonly (ListedConversation & { startedAt: number })[]

/** An open one ends at 0, null or never (`§2.7`). */
function judgeConversations(answer: Answer): Listed {
  if (answer.status !== 200) throw refusal(answer)
  const { conversations } = readAs(schemas.conversationsAnswer, answer)
  return conversations.map(({ conversationId, startTimestamp, endTimestamp }) => ({
    id: conversationId,
    startedAt: startTimestamp ?? 0,
    endedAt: endTimestamp || null,
  }))
}

/** Nobody's conversation is at stake, so every refusal is one of our configuration. */
function judgeHours(answer: Answer): OpenHours {
  if (answer.status === 429 || answer.status >= 500) throw refusal(answer)
  const read = schemas.hoursAnswer.safeParse(readJson(answer))
  if (answer.status !== 200 || !read.success) {
    throw new GatewayError('upstream_rejected', { effect: 'none' })
  }
  const listed = read.data.businessHoursInfo?.businessHours ?? []
  return listed.map(({ startTime, endTime }) => ({ from: startTime, to: endTime }))
}

function judgeTranscript(answer: Answer | Streamed): ReadableStream<Uint8Array> {
  if ('status' in answer) throw refusal(answer)
  const { first, whole } = answer
  if (new TextDecoder('latin1').decode(first.subarray(0, 5)) === '%PDF-') return whole
  whole.cancel().catch(() => undefined)
  throw nonsense()
}

/**
 * A refusal of one thing may mean that the organisation does not offer it, or that the visitor is
 * not let in any more: whoever may still look has lost nothing.
 */
async function tellApart(refused: unknown, look: () => Promise<boolean>): Promise<never> {
  if (isProblem(refused, 'conversation_lost') && (await look())) {
    throw new GatewayError('unsupported', { effect: 'none' })
  }
  throw refused
}

type Further = Pick<Messaging, 'transcript' | 'conversations' | 'businessHours'>

/** `mayRead`: whether the visitor is still let in; throws when not. */
export function createFurther(options: Options, mayRead: (reach: Reach) => Promise<unknown>) {
  const { url, orgId, deployment } = options
  const api = `${url}/iamessage/api/v2`

  async function listFrom(token: string, from: number): Promise<Listed> {
    const query = new URLSearchParams({ inclClosedConvs: 'true', limit: String(pageSize) })
    if (from > 0) query.set('startTimestamp', String(from))
    const call: Call = { method: 'GET', url: `${api}/conversation/list?${query}`, token }
    return await persist(async (timeoutMs) => judgeConversations(await send(call, timeoutMs)))
  }

  const verbs: Further = {
    async transcript(reach) {
      const query = new URLSearchParams({ esDeveloperName: deployment })
      const target = `${api}/conversation/${reach.conversationId}/transcript?${query}`
      const call: Call = { method: 'GET', url: target, token: reach.token }
      try {
        return await persist(async (timeoutMs) =>
          judgeTranscript(await sendForStream(call, timeoutMs)),
        )
      } catch (error) {
        return await tellApart(error, () => mayRead(reach).then(() => true))
      }
    },

    /** Listed oldest first, so that the next page begins where the last one ended. */
    async conversations(token) {
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

    async businessHours() {
      const query = new URLSearchParams({ orgId, esConfigName: deployment })
      const target = `${url}/embeddedservice/v1/businesshours?${query}`
      const call: Call = { method: 'GET', url: target }
      return await persist(async (timeoutMs) => judgeHours(await send(call, timeoutMs)))
    },
  }

  /** A file that is refused in a conversation that is open is refused for being a file. */
  function fileRefused(error: unknown, { token, conversationId }: Reach): Promise<never> {
    return tellApart(error, async () => {
      const listed = await verbs.conversations(token)
      return listed.some(({ id, endedAt }) => id === conversationId && endedAt === null)
    })
  }

  return { verbs, fileRefused }
}
