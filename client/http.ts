import { problemOf } from './problem.js'

export type CallOptions<T = unknown> = {
  /** POST with a body, else GET. */
  method?: string
  token?: string
  /** JSON, or a form. */
  body?: object
  signal?: AbortSignal
  timeoutMs?: number
  /** In the place of `fetch`. */
  send?: typeof fetch
  /** How the answer is read: as JSON unless said otherwise. */
  read?(response: Response): Promise<T>
}

export type Request = ReturnType<typeof createRequest>

/**
 * One request to the gateway. Throws a `ChatProblem` when the answer is not a success; whatever else it
 * throws means that there was none.
 */
export function createRequest(baseUrl: string, ownFetch?: typeof fetch) {
  return async function request<T>(path: string, options: CallOptions<T> = {}): Promise<T> {
    const { token, body, signal, timeoutMs = 20_000, send = ownFetch ?? fetch } = options
    const isJson = body && !(body instanceof FormData)
    const life = new AbortController()
    const abort = () => life.abort()
    const timer = setTimeout(abort, timeoutMs)
    signal?.addEventListener('abort', abort)
    try {
      const response = await send(baseUrl + path, {
        method: options.method ?? (body ? 'POST' : 'GET'),
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(isJson && { 'content-type': 'application/json' }),
        },
        body: isJson ? JSON.stringify(body) : (body ?? null),
        credentials: 'omit',
        signal: life.signal,
      })
      if (!response.ok) throw await problemOf(response)
      return await (options.read?.(response) ?? (response.json() as Promise<T>))
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }
}
