import { toJson } from './json.js'
import { problemOf } from './problem.js'

/** Bounds a call that carries a file, either way: 4 MB on a slow mobile network take two minutes. */
export const fileTimeoutMs = 120_000

export type CallOptions<T = unknown> = {
  /** Defaults to POST with a body, else to GET. */
  method?: string
  token?: string
  body?: object
  /** Aborts the request. The timeout aborts this controller. */
  life?: AbortController | undefined
  timeoutMs?: number
  /** Replaces the `fetch` that sends the request; it gets the one that would have sent it. */
  via?(baseFetch: typeof fetch): typeof fetch
  /** Reads the response; as JSON by default. */
  read?(response: Response): Promise<T>
}

export type Request = ReturnType<typeof createRequest>

/**
 * Creates the function that sends one request to the gateway.
 *
 * The function throws a `ChatProblem` when the response is not a success. Any other error means
 * that there was no response.
 */
export function createRequest(baseUrl: string, customFetch?: typeof fetch) {
  return async function request<T>(path: string, options: CallOptions<T> = {}): Promise<T> {
    const {
      token,
      body,
      method = body ? 'POST' : 'GET',
      life = new AbortController(),
      timeoutMs = 20_000,
      via = (baseFetch) => baseFetch,
      read = (response) => response.json() as Promise<T>,
    } = options
    const timer = setTimeout(() => life.abort(), timeoutMs)
    try {
      const response = await via(customFetch ?? fetch)(baseUrl.replace(/\/$/, '') + path, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { 'content-type': 'application/json' }),
        },
        body: toJson(body),
        signal: life.signal,
      })
      if (!response.ok) throw await problemOf(response)
      return await read(response)
    } finally {
      clearTimeout(timer)
    }
  }
}
