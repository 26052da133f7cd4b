/** A gateway in a few lines, to be lost, delayed and broken at will: what the contract promises and no more. */
import { randomUUID } from 'node:crypto'
import type { Message, PollReply } from '../../client/core/index.js'

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> }
type Heard = { path: string; query: URLSearchParams; body: Record<string, unknown>; token: string }
/** Answers in the place of the gateway; `next` is what it would answer, and does what it would do. */
type Interference = (heard: Heard, next: () => Reply) => Reply | Promise<Reply> | undefined

const pageSize = 5

function problem(status: number, code: string, more: object = {}): Reply {
  const retryable = status === 429 || status >= 500
  return { status, body: { title: code, status, code, retryable, requestId: 'r', ...more } }
}

/** A text as a poll lists it. */
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

export function createGateway() {
  const listed: Message[] = []
  const sends: string[] = []
  const heard: Heard[] = []
  const tokens = new Map<string, { refresh: string; expiresAt: number }>()
  let refreshToken = ''
  let previous: { refreshToken: unknown; reply: Reply } | undefined
  let conversation: { id: string; status: 'open' | 'ended' } | undefined
  /** What is late is still given for two seconds after the end. */
  let quietAt = 0
  let interference: Interference = () => undefined
  let lastAt = 0
  let names = 0

  function issue(): Reply {
    names += 1
    refreshToken = `refresh${names}`
    tokens.set(`token${names}`, { refresh: refreshToken, expiresAt: Date.now() + 900_000 })
    const body = { token: `token${names}`, refreshToken, expiresIn: 900, user: { id: 'v' } }
    return { body }
  }

  /** Written down in the millisecond it comes; never two in one. */
  function list(message: Message): void {
    lastAt = Math.max(lastAt + 1, Date.now())
    listed.push({ ...message, timestamp: new Date(lastAt).toISOString() })
  }

  function page(query: URLSearchParams): Reply {
    if (!conversation) return problem(404, 'conversation_not_found')
    const before = query.get('before')
    const cursor = query.get('cursor')
    if (cursor && !cursor.startsWith('at:')) return problem(400, 'cursor_invalid')
    const end = before ? Number(before) : listed.length
    const from = cursor ? Number(cursor.slice(3)) : Math.max(0, end - pageSize)
    const messages = listed.slice(from, Math.min(end, from + pageSize))
    const hasMore = from + messages.length < end
    const body: PollReply = {
      messages,
      cursor: before ? null : `at:${from + messages.length}`,
      hasMore,
      before: !cursor && from > 0 ? String(from) : null,
      pollAfterMs: conversation.status === 'ended' && Date.now() >= quietAt ? null : 1000,
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

  function act({ path, query, body, token }: Heard): Reply {
    if (path === '/api/auth') {
      const { refreshToken: given } = body
      // Whose answer was lost gets the same pair again.
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
    if (path === '/api/poll') return page(query)
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
    const asked: Heard = {
      path: url.pathname,
      query: url.searchParams,
      body: typeof body === 'string' ? JSON.parse(body) : {},
      token: new Headers(init.headers).get('authorization')?.slice(7) ?? '',
    }
    heard.push(asked)
    const work = async () => {
      const {
        status = 200,
        body: told,
        headers = {},
      } = (await interference(asked, () => act(asked))) ?? act(asked)
      return new Response(told === undefined ? null : JSON.stringify(told), { status, headers })
    }
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(new DOMException('Aborted', 'AbortError'))
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort)
    })
    return await Promise.race([work(), aborted])
  }

  return {
    fetch: answer,
    heard,
    listed,
    sends,
    list,
    problem,
    /** Paths heard so far, each as often as it was. */
    paths: () => heard.map(({ path }) => path),
    interfere(by: Interference): void {
      interference = by
    },
    /** Interferes with the next calls of this path, so often. */
    once(path: string, by: (next: () => Reply) => Reply | Promise<Reply>, times = 1): void {
      let left = times
      interference = (asked, next) => {
        if (asked.path !== path || left === 0) return undefined
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

/** The answer that never comes. */
export const lost = (): never => {
  throw new TypeError('fetch failed')
}
