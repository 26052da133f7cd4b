/**
 * Makes one request to Salesforce, and maps its failure: who failed, and whether the request may have
 * taken effect.
 */
import type * as z from 'zod'
import { withDeadline } from '../deadline.js'
import { parseJson } from '../json.js'
import { GatewayError } from '../problem.js'
import { abandoned, abandonSignal, measure, remainingMs } from '../request.js'
import { setupNoteOf } from './setup-notes.js'

export type SalesforceRequest = {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  token?: string
  body?: unknown
  /** Holds a body of fields or parts, instead of JSON. */
  form?: FormData | URLSearchParams
  /** Holds further headers, or others than those of a request with a JSON answer. */
  headers?: Readonly<Record<string, string>>
}

/**
 * Describes a whole answer. `now`: Salesforce's clock from its `Date` header, else ours, epoch
 * milliseconds.
 */
export type SalesforceResponse = {
  status: number
  text: string
  retryAfterMs: number | null
  now: number
}

/**
 * Lists failures of a connection that was never made: nothing was sent, so nothing can have
 * happened.
 */
const notSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function connectionCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.cause !== 'object') return undefined
  const code: unknown = error.cause && 'code' in error.cause ? error.cause.code : undefined
  return typeof code === 'string' ? code : undefined
}

/** Returns the failure that a broken or overdue connection means. */
export function connectionFailure(error: unknown): GatewayError {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new GatewayError('upstream_timeout', { effect: 'unknown' })
  }
  const effect = notSentCodes.has(connectionCode(error) ?? '') ? 'none' : 'unknown'
  return new GatewayError('upstream_unavailable', { effect })
}

function clockOf(headers: Headers): number {
  const stated = Date.parse(headers.get('date') ?? '')
  return Number.isFinite(stated) ? stated : Date.now()
}

/** Longer waits that a header asks for count as an hour: a mistake must not silence a conversation. */
const maxRetryAfterMs = 3_600_000

/**
 * Returns what `Retry-After` asks for: whole seconds, or a date by the sender's own clock. Null when
 * it is missing, stated twice or unreadable.
 */
function retryAfterOf(headers: Headers): number | null {
  const value = headers.get('retry-after') ?? ''
  const isDate = /^[A-Z][a-z]{2}, .* GMT$/.test(value)
  const ms = isDate ? Date.parse(value) - clockOf(headers) : Number(value) * 1000
  const isReadable = Number.isFinite(ms) && (isDate || /^\d+$/.test(value))
  return isReadable ? Math.min(Math.max(0, ms), maxRetryAfterMs) : null
}

/**
 * Returns the headers. Only a JSON body is announced as one: closing a conversation fails with it.
 * With a form, fetch itself names the type, because it alone knows the boundary of the parts.
 */
function headersOf({ token, body, form, headers }: SalesforceRequest): Record<string, string> {
  const isJson = body !== undefined && !form
  return {
    Accept: 'application/json',
    ...(isJson && { 'Content-Type': 'application/json' }),
    ...(token && { Authorization: `Bearer ${token}` }),
    ...headers,
  }
}

function bodyOf({ body, form }: SalesforceRequest): Pick<RequestInit, 'body'> {
  if (form) return { body: form }
  return body === undefined ? {} : { body: JSON.stringify(body) }
}

/**
 * Sends once; `read` must be done within `timeoutMs`. Redirects are answers, not followed. Nothing is
 * sent for a request whose time is over: a process that was frozen may wake up when others have long
 * taken over what it was about to do. A read is given up when the work is of no use any more; what was
 * read of it by then, such as the head of a stream, stays.
 * @param connection ends the connection when it is aborted, also after the reading
 */
export function exchange<T>(
  request: SalesforceRequest,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
  connection = new AbortController(),
): Promise<T> {
  async function sendAndRead(signal: AbortSignal): Promise<T> {
    const response = await fetch(request.url, {
      method: request.method,
      redirect: 'manual',
      signal,
      headers: headersOf(request),
      ...bodyOf(request),
    })
    return await read(response)
  }

  return measure('salesforce', async () => {
    if (remainingMs() === 0) throw new GatewayError('upstream_timeout', { effect: 'none' })
    const abandon = abandonSignal()
    if (abandon.aborted) throw abandoned()
    const giveUp = () => connection.abort()
    const isRead = request.method === 'GET'
    if (isRead) abandon.addEventListener('abort', giveUp, { once: true })
    try {
      return await withDeadline(timeoutMs, sendAndRead, connection)
    } catch (error) {
      throw isRead && abandon.aborted ? abandoned() : connectionFailure(error)
    } finally {
      abandon.removeEventListener('abort', giveUp)
    }
  })
}

/** Reads the answer to its end. */
export async function readResponse(response: Response): Promise<SalesforceResponse> {
  const text = await response.text()
  const { status, headers } = response
  return { status, text, retryAfterMs: retryAfterOf(headers), now: clockOf(headers) }
}

/** Sends once and reads the whole answer. */
export function send(request: SalesforceRequest, timeoutMs: number): Promise<SalesforceResponse> {
  return exchange(request, timeoutMs, readResponse)
}

/**
 * Returns the failure that an unexpected status means (`enhanced-chat-api.md §2`); never
 * Salesforce's wording, but a note for the log where that tells a fault of the set-up.
 */
export function failureOf({ status, text, retryAfterMs }: SalesforceResponse): GatewayError {
  const setupNote = setupNoteOf(text)
  const note = setupNote !== null && { note: setupNote }
  if (status === 429) {
    return new GatewayError('rate_limited', {
      ...note,
      detail: 'Salesforce asks to wait.',
      effect: 'none',
      retryAfterMs: retryAfterMs ?? 5000,
      isWaitStated: retryAfterMs !== null,
    })
  }
  if (status === 408) return new GatewayError('upstream_timeout', { effect: 'unknown' })
  if (status >= 500) {
    const asked = retryAfterMs !== null && { retryAfterMs }
    return new GatewayError('upstream_unavailable', { effect: 'unknown', ...asked, ...note })
  }
  if (status === 401 || status === 403 || status === 404) {
    return new GatewayError('conversation_lost', {
      effect: 'none',
      isTokenRefused: status === 401,
      isForbidden: status === 403,
    })
  }
  return new GatewayError('upstream_rejected', { effect: 'none', ...note })
}

/** Creates the failure for a successful response that cannot be understood. */
export function unreadableResponse(): GatewayError {
  return new GatewayError('upstream_rejected', { effect: 'unknown' })
}

/**
 * Expects a success.
 * @throws {GatewayError} the failure that another status means
 */
export function expectSuccess(response: SalesforceResponse): void {
  if (response.status < 200 || response.status > 299) throw failureOf(response)
}

/**
 * Parses a successful response.
 * @throws {GatewayError} upstream_rejected when it cannot be understood
 */
export function parseResponse<T extends z.ZodType>(
  schema: T,
  response: SalesforceResponse,
): z.output<T> {
  const read = schema.safeParse(parseJson(response.text))
  if (!read.success) throw unreadableResponse()
  return read.data
}

/**
 * Expects a success whose body does not matter. A page of an intermediary is no response of
 * Salesforce.
 * @throws {GatewayError} the failure that another status means, or upstream_rejected for such a page
 */
export function expectDone(response: SalesforceResponse): void {
  expectSuccess(response)
  const isReadable = response.text === '' || (parseJson(response.text) ?? null) !== null
  if (!isReadable) throw unreadableResponse()
}
