/**
 * One request to Salesforce and what its failure means: who failed, and whether the request may have
 * taken effect. Sending and judging are two functions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod'
import { parseJson } from '../json.js'
import { GatewayError } from '../problem.js'
import { measure, remainingMs } from '../request.js'

export type SalesforceRequest = {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  token?: string
  body?: unknown
  /** A body of fields or parts, instead of JSON. */
  form?: FormData | URLSearchParams
}

/** A whole answer. `now`: Salesforce's clock from its `Date` header, else ours, epoch milliseconds. */
export type SalesforceResponse = {
  status: number
  text: string
  retryAfterMs: number | null
  now: number
}

/** Failures of a connection that was never made: nothing was sent, so nothing can have happened. */
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

function connectionFailure(error: unknown): GatewayError {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return new GatewayError('upstream_timeout', { effect: 'unknown' })
  }
  const effect = notSentCodes.has(connectionCode(error) ?? '') ? 'none' : 'unknown'
  return new GatewayError('upstream_unavailable', { effect })
}

function retryAfterOf(headers: Headers): number | null {
  const value = headers.get('retry-after')
  if (value === null) return null
  const seconds = /^\d{1,6}$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000) : null
}

function clockOf(headers: Headers): number {
  const stated = Date.parse(headers.get('date') ?? '')
  return Number.isFinite(stated) ? stated : Date.now()
}

function headersOf({ token, form }: SalesforceRequest): Record<string, string> {
  return {
    Accept: 'application/json',
    // With a form, fetch itself names the type: only it knows the boundary of the parts.
    ...(!form && { 'Content-Type': 'application/json' }),
    ...(token && { Authorization: `Bearer ${token}` }),
  }
}

function bodyOf({ body, form }: SalesforceRequest): Pick<RequestInit, 'body'> {
  if (form) return { body: form }
  return body === undefined ? {} : { body: JSON.stringify(body) }
}

/**
 * Sends once; the whole answer must be there within `timeoutMs`. Redirects are answers, not followed.
 * Nothing is sent for a request whose time is over: a process that was frozen may wake up when others
 * have long taken over what it was about to do.
 */
export function exchange<T>(
  request: SalesforceRequest,
  timeoutMs: number,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  return measure('salesforce', async () => {
    if (remainingMs() === 0) throw new GatewayError('upstream_timeout', { effect: 'none' })
    try {
      const response = await fetch(request.url, {
        method: request.method,
        redirect: 'manual',
        signal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))),
        headers: headersOf(request),
        ...bodyOf(request),
      })
      return await read(response)
    } catch (error) {
      throw connectionFailure(error)
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

/** The failure that an unexpected status means (`enhanced-chat-api.md §2`); never Salesforce's wording. */
export function failureOf({ status, retryAfterMs }: SalesforceResponse): GatewayError {
  if (status === 429) {
    return new GatewayError('rate_limited', {
      detail: 'Salesforce asks to wait.',
      effect: 'none',
      retryAfterMs: retryAfterMs ?? 5000,
    })
  }
  if (status === 408) return new GatewayError('upstream_timeout', { effect: 'unknown' })
  if (status >= 500) {
    const asked = retryAfterMs !== null && { retryAfterMs }
    return new GatewayError('upstream_unavailable', { effect: 'unknown', ...asked })
  }
  if (status === 401 || status === 403 || status === 404) {
    return new GatewayError('conversation_lost', { effect: 'none', isTokenRefused: status === 401 })
  }
  return new GatewayError('upstream_rejected', { effect: 'none' })
}

/** An answer that promises success and cannot be understood. */
export function unreadableResponse(): GatewayError {
  return new GatewayError('upstream_rejected', { effect: 'unknown' })
}

/** Throws what a status means that is no success. */
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
 */
export function expectDone(response: SalesforceResponse): void {
  expectSuccess(response)
  if (response.text !== '' && (parseJson(response.text) ?? null) === null)
    throw unreadableResponse()
}

const firstPauseMs = 150
/** A second attempt needs at least this long to be worth it. */
const minAttemptMs = 250
const maxAttempts = 4

function isRetryable(error: unknown): error is GatewayError {
  if (!(error instanceof GatewayError)) return false
  return error.code === 'upstream_unavailable' || error.code === 'upstream_timeout'
}

/**
 * Repeats a request that is harmless to repeat, with jittered back-off, while the request's deadline
 * allows it. One attempt may take half of the time that is left, so that a hang leaves room for another.
 */
export async function retry<T>(attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt(Math.min(remainingMs() / 2, 10_000))
    } catch (error) {
      if (!isRetryable(error) || attempts === maxAttempts) throw error
      const backOffMs = firstPauseMs * 2 ** (attempts - 1) * (0.5 + Math.random())
      const pauseMs = Math.max(backOffMs, error.details.retryAfterMs ?? 0)
      if (pauseMs + minAttemptMs > remainingMs()) throw error
      await sleep(pauseMs)
    }
  }
}
