/** Fakes a gateway that keeps the contract and no more; its responses can be lost, delayed and changed. */
import { randomUUID } from 'node:crypto'
import type { ActivityReply } from '../../client/core/api-types.js'
import type { Message, PollReply } from '../../client/core/index.js'

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> }
type Body = Record<string, unknown>
type ReceivedRequest = {
  path: string
  query: URLSearchParams
  body: Body
  token: string
}
/** Responds instead of the gateway; `next` does what the gateway would do and returns its reply. */
type Interceptor = (
  requests: ReceivedRequest,
  next: () => Reply,
) => Reply | Promise<Reply> | undefined

const pageSize = 5

function problem(status: number, code: string, more: object = {}): Reply {
  const retryable = status === 429 || status >= 500
  return { status, body: { title: code, status, code, retryable, requestId: 'r', ...more } }
}

/** Returns a text message as a poll lists it; `at` is in epoch milliseconds. */
export function textMessage(
  text: string,
  at: number,
  role: 'EndUser' | 'Agent' = 'Agent',
  id: string = randomUUID(),
): Message {
  return {
    ...{ id, text, conversationId: '', timestamp: new Date(at).toISOString() },
    sender: { role, displayName: role === 'Agent' ? 'Dana' : null },
    messageType: 'StaticContentMessage',
    staticContent: { formatType: 'Text', text },
  }
}

const silence: ActivityReply = { typing: [], progress: null, queuePosition: null, partial: null }

export function createGateway() {
  const listed: Message[] = []
  const sends: string[] = []
  const requests: ReceivedRequest[] = []
  const tokens = new Map<string, { refresh: string; expiresAt: number }>()
  let refreshToken = ''
  let previous: { refreshToken: unknown; reply: Reply } | undefined
  let conversation: { id: string; status: 'open' | 'ended' } | undefined
  /** Epoch milliseconds: polls go on until two seconds after the end, for late messages. */
  let quietAt = 0
  let paceMs = 1000
  let interceptor: Interceptor = () => undefined
  let lastAt = 0
  let names = 0
  /** Seconds that polls wait; 0 without events. */
  let waitSeconds = 0
  /** Ends the polls that wait, with what they heard. */
  const waiting = new Set<(heard?: ActivityReply) => void>()

  function issue(): Reply {
    names += 1
    refreshToken = `refresh${names}`
    tokens.set(`token${names}`, { refresh: refreshToken, expiresAt: Date.now() + 900_000 })
    const body = { token: `token${names}`, refreshToken, expiresIn: 900, user: { id: 'v' } }
    return { body }
  }

  /** Lists a message under the current millisecond, or the next free one: no two share a timestamp. */
  function list(message: Message): void {
    lastAt = Math.max(lastAt + 1, Date.now())
    listed.push({ ...message, timestamp: new Date(lastAt).toISOString() })
    for (const answer of waiting) answer()
  }

  /** Waits as a poll does, until there is something new; resolves to what was heard. */
  async function wait({ wait: asked, cursor }: Body): Promise<ActivityReply | undefined> {
    const seconds = Number(asked)
    if (waitSeconds === 0) return undefined
    if (!seconds || cursor !== `at:${listed.length}`) return silence
    return new Promise((resolve) => {
      const answer = (heard = silence) => {
        clearTimeout(timer)
        waiting.delete(answer)
        resolve(heard)
      }
      const timer = setTimeout(answer, seconds * 1000, silence)
      waiting.add(answer)
    })
  }

  function page({ before, cursor }: Body, activity?: ActivityReply): Reply {
    if (!conversation) return problem(404, 'conversation_not_found')
    if (cursor && !String(cursor).startsWith('at:')) return problem(400, 'cursor_invalid')
    const end = before ? Number(before) : listed.length
    const from = cursor ? Number(String(cursor).slice(3)) : Math.max(0, end - pageSize)
    const messages = listed.slice(from, Math.min(end, from + pageSize))
    const hasMore = from + messages.length < end
    const body: PollReply = {
      messages,
      cursor: before ? null : `at:${from + messages.length}`,
      hasMore,
      before: !cursor && from > 0 ? String(from) : null,
      pollAfterMs: conversation.status === 'ended' && Date.now() >= quietAt ? null : paceMs,
      waitSeconds: conversation.status === 'ended' ? 0 : waitSeconds,
      activity,
      conversation: {
        ...{ id: conversation.id, status: conversation.status, handledBy: 'agent' },
        ...{ participants: [], endedBy: null, estimatedWaitSeconds: null, expiresAt: null },
      },
    }
    return { body }
  }

  function end(): void {
    if (conversation) conversation.status = 'ended'
    quietAt = Date.now() + 2000
  }

  function act({ path, body, token }: ReceivedRequest, activity?: ActivityReply): Reply {
    if (path === '/api/auth') {
      const { refreshToken: given } = body
      // A client that lost the response gets the same pair again.
      if (given && given === previous?.refreshToken) return previous.reply
      if (given && given !== refreshToken) return problem(401, 'refresh_rejected')
      const reply = issue()
      previous = { refreshToken: given, reply }
      return reply
    }
    if ((tokens.get(token)?.expiresAt ?? 0) <= Date.now()) return problem(401, 'unauthenticated')
    if (path === '/api/start') {
      const resumed = conversation?.status === 'open'
      if (!resumed) conversation = { id: String(body.conversationId), status: 'open' }
      const conversationId = conversation?.id
      return {
        status: resumed ? 200 : 201,
        body: { conversationId, status: 'open', resumed, prechat: null, attachments: null },
      }
    }
    if (path === '/api/poll') return page(body, activity)
    if (conversation?.status !== 'open') return problem(410, 'conversation_ended')
    if (path === '/api/end') end()
    if (path !== '/api/send') return { body: {} }
    const id = String(body.id ?? '')
    const isMessage = body.text !== undefined
    const duplicate = sends.includes(id)
    if (isMessage && !duplicate) {
      sends.push(id)
      list(textMessage(String(body.text), 0, 'EndUser', id))
    }
    const timestamp = listed.find((message) => message.id === id)?.timestamp
    return { status: 202, body: { id, conversationId: body.conversationId, timestamp, duplicate } }
  }

  async function answer(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const url = new URL(String(input), 'https://gateway.example')
    const { signal, body } = init
    signal?.throwIfAborted()
    const request: ReceivedRequest = {
      path: url.pathname,
      query: url.searchParams,
      body: typeof body === 'string' ? JSON.parse(body) : {},
      token: new Headers(init.headers).get('authorization')?.slice(7) ?? '',
    }
    requests.push(request)
    const work = async () => {
      const heard = request.path === '/api/poll' ? await wait(request.body) : undefined
      const {
        status = 200,
        body: told,
        headers = {},
      } = (await interceptor(request, () => act(request, heard))) ?? act(request, heard)
      return new Response(told === undefined ? null : JSON.stringify(told), { status, headers })
    }
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(new DOMException('Aborted', 'AbortError'))
      signal?.addEventListener('abort', abort)
    })
    return await Promise.race([work(), aborted])
  }

  return {
    fetch: answer,
    requests,
    listed,
    sends,
    list,
    problem,
    /** Returns the path of every request so far. */
    paths: () => requests.map(({ path }) => path),
    /** Sets the pace of polls that follow. */
    setPace(ms: number): void {
      paceMs = ms
    },
    /** Lets polls wait from now on, at once one after the other. */
    hearEvents(): void {
      paceMs = 0
      waitSeconds = 25
    },
    /** Ends the polls that wait with what they heard; the rest is silence. */
    hear(heard: Partial<ActivityReply>): void {
      for (const answer of waiting) answer({ ...silence, ...heard })
    },
    intercept(by: Interceptor): void {
      interceptor = by
    },
    /** Intercepts the next `times` requests to a path. */
    once(path: string, by: (next: () => Reply) => Reply | Promise<Reply>, times = 1): void {
      let left = times
      interceptor = (request, next) => {
        if (request.path !== path || left === 0) return undefined
        left -= 1
        return by(next)
      }
    },
    endConversation: end,
    forgetTokens: () => tokens.clear(),
    forgetVisitor(): void {
      tokens.clear()
      refreshToken = 'gone'
      previous = undefined
      conversation = undefined
    },
  }
}

export type Gateway = ReturnType<typeof createGateway>

/** Fails like a fetch whose response is lost. */
export const lost = (): never => {
  throw new TypeError('fetch failed')
}
