/** One call of a frontend, whole: what came back, or that nothing did. */
import * as z from 'zod'

const receivedMessage = z.object({
  id: z.string(),
  text: z.string(),
  sender: z.object({ role: z.string() }),
})

/** What a frontend reads of any answer; what is not there is empty. */
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
})
export type Reply = z.infer<typeof reply>
export type ReceivedMessage = z.infer<typeof receivedMessage>

export type Call = {
  method: 'GET' | 'POST' | 'DELETE'
  /** `send` of `/api/send`. */
  endpoint: string
  token?: string
  body?: object
  query?: Record<string, string>
  /** Where the caller sits, for a gateway that trusts its proxy (`CLIENT_ADDRESS=forwarded:1`). */
  address?: string
}

export type Answer = {
  /** 0 when there was no answer. */
  status: number
  /** The problem's, or `network` when there was no answer; null when all is well. */
  code: string | null
  body: Reply
  /** What `Retry-After` says; 0 without one. */
  retryAfterSeconds: number
  /** Until the answer was whole. */
  ms: number
}

/** Longer than any deadline of the gateway. */
const timeoutMs = 30_000

const emptyReply = reply.parse({})

/** Calls the gateway at this address once. Never throws for what the network does. */
export async function call(base: string, { endpoint, method, ...options }: Call): Promise<Answer> {
  const search = options.query ? `?${new URLSearchParams(options.query)}` : ''
  const startedAt = performance.now()
  const ms = () => performance.now() - startedAt
  try {
    const response = await fetch(`${base}/api/${endpoint}${search}`, {
      method,
      headers: {
        ...(options.body && { 'content-type': 'application/json' }),
        ...(options.token && { authorization: `Bearer ${options.token}` }),
        ...(options.address && { 'x-forwarded-for': options.address }),
      },
      ...(options.body && { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    const body = text === '' ? emptyReply : reply.parse(JSON.parse(text))
    const retryAfterSeconds = Number(response.headers.get('retry-after') ?? 0)
    return { status: response.status, code: body.code, body, retryAfterSeconds, ms: ms() }
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw error
    return { status: 0, code: 'network', body: emptyReply, retryAfterSeconds: 0, ms: ms() }
  }
}

/** An IPv4 address for every number, each another (198.18.0.0/15 is for measurements, RFC 2544). */
export function addressOf(index: number): string {
  return `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 255}.${index & 255}`
}
