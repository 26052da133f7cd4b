import { problemOf } from './problem.js'

export type CallOptions<T = unknown> = {
  /** POST with a body, else GET. */
  method?: string
  token?: string
  body?: object
  /** Ends the request; its timeout does so as well. */
  life?: AbortController | undefined
  timeoutMs?: number
  /** Another way to send it; it is given the plain one. */
  via?(plain: typeof fetch): typeof fetch
  /** Reads the response; as JSON by default. */
  read?(response: Response): Promise<T>
}

export type Request = ReturnType<typeof createRequest>

/**
 * One request to the gateway. Throws a `ChatProblem` when the answer is not a success; whatever else it
 * throws means that there was none.
 */
export function createRequest(baseUrl: string, ownFetch?: typeof fetch) {
  return async function request<T>(path: string, options: CallOptions<T> = {}): Promise<T> {
    const {
      token,
      body,
      method = body ? 'POST' : 'GET',
      life = new AbortController(),
      timeoutMs = 20_000,
      via = (plain) => plain,
      read = (response) => response.json() as Promise<T>,
    } = options
    const timer = setTimeout(() => life.abort(), timeoutMs)
    try {
      const response = await via(ownFetch ?? fetch)(baseUrl.replace(/\/$/, '') + path, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
        signal: life.signal,
      })
      if (!response.ok) throw await problemOf(response)
      return await read(response)
    } finally {
      clearTimeout(timer)
    }
  }
}
