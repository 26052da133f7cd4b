/** Repeats requests to Salesforce that are harmless to repeat. */
import { pause } from '../pauses.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import { type SalesforceRequest, type SalesforceResponse, send } from './http.js'

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
      await pause(pauseMs)
    }
  }
}

/** Sends a request that is harmless to repeat, more than once if need be, and parses the response. */
export function sendWithRetry<T>(
  request: SalesforceRequest,
  parse: (response: SalesforceResponse) => T,
): Promise<T> {
  return retry(async (timeoutMs) => parse(await send(request, timeoutMs)))
}
