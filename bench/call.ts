/** Makes one call as a frontend does, and returns the whole answer or the network's failure. */
import * as z from 'zod'
import { withDeadline } from '../lib/deadline.js'

const receivedMessage = z.object({
  id: z.string(),
  text: z.string(),
  sender: z.object({ role: z.string() }),
})

/** Reads the fields of an answer that a frontend needs; a missing field is empty. */
const reply = z.object({
  code: z.string().nullable().default(null),
  retryAfterMs: z.number().optional(),
  token: z.string().default(''),
  refreshToken: z.string().default(''),
  conversationId: z.string().default(''),
  status: z.unknown().optional(),
  duplicate: z.boolean().default(false),
  messages: z.array(receivedMessage).default([]),
  cursor: z.string().nullish(),
  hasMore: z.boolean().default(false),
  pollAfterMs: z.number().nullish(),
  waitSeconds: z.number().default(0),
})
export type Reply = z.infer<typeof reply>
export type ReceivedMessage = z.infer<typeof receivedMessage>

export type Call = {
  method: 'GET' | 'POST' | 'DELETE'
  /** Names the endpoint below `/api/`, such as `send`. */
  endpoint: string
  token?: string
  body?: object
  query?: Record<string, string>
  /** Is the caller's address, for a gateway behind a proxy (`CLIENT_ADDRESS=forwarded:1`). */
  address?: string
  /** Hangs up after this time. */
  cutAfterMs?: number
}

export type Answer = {
  /** Is 0 when there was no answer. */
  status: number
  /** Is the problem's code, `network` when there was no answer, or null after a success. */
  code: string | null
  body: Reply
  /** Holds the seconds of `Retry-After`; 0 without one. */
  retryAfterSeconds: number
  /** Counts the milliseconds until the answer was whole. */
  ms: number
}

/** Exceeds every deadline of the gateway, that of a poll that waits 25 s included. */
const timeoutMs = 40_000

const emptyReply = reply.parse({})

/** Calls the gateway at this address once. A network failure is returned, never thrown. */
export async function call(base: string, { endpoint, method, ...options }: Call): Promise<Answer> {
  const search = options.query ? `?${new URLSearchParams(options.query)}` : ''
  const startedAt = performance.now()
  const ms = () => performance.now() - startedAt
  async function fetchWhole(signal: AbortSignal) {
    const response = await fetch(`${base}/api/${endpoint}${search}`, {
      method,
      headers: {
        ...(options.body && { 'content-type': 'application/json' }),
        ...(options.token && { authorization: `Bearer ${options.token}` }),
        ...(options.address && { 'x-forwarded-for': options.address }),
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
      signal,
    })
    return { response, text: await response.text() }
  }
  try {
    const { response, text } = await withDeadline(options.cutAfterMs ?? timeoutMs, fetchWhole)
    const body = text === '' ? emptyReply : reply.parse(JSON.parse(text))
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0)
    return { status: response.status, code: body.code, body, retryAfterSeconds, ms: ms() }
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw error
    return { status: 0, code: 'network', body: emptyReply, retryAfterSeconds: 0, ms: ms() }
  }
}

/** Maps each number to a distinct IPv4 address (198.18.0.0/15 is for measurements, RFC 2544). */
export function addressOf(index: number): string {
  return `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 255}.${index & 255}`
}
