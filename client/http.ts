import { problemOf, unreachable } from './problem.js'

/** Sends a form and tells how much of it (0 to 1) is on its way; `fetch` cannot tell. */
export type Transfer = (
  url: string,
  request: { headers: Record<string, string>; body: FormData; signal: AbortSignal },
  onProgress: (part: number) => void,
) => Promise<Response>

export type CallOptions = {
  token?: string
  body?: object
  signal?: AbortSignal
  onProgress?: (part: number) => void
}

type Options = { baseUrl: string; fetch: typeof fetch | undefined; transfer: Transfer | undefined }

export type Http = ReturnType<typeof createHttp>

const timeoutMs = 20_000
const uploadTimeoutMs = 120_000

/** One request to the gateway: the answer, if it is a success, as `read` reads it; else throws a `ChatProblem`. */
export function createHttp({ baseUrl, fetch: own, transfer }: Options) {
  const base = baseUrl.replace(/\/$/, '')

  function answerTo(url: string, init: RequestInit, onProgress: CallOptions['onProgress']) {
    const { body, headers, signal } = init
    if (transfer && onProgress && body instanceof FormData && signal) {
      return transfer(url, { body, signal, headers: { ...(headers as object) } }, onProgress)
    }
    return (own ?? fetch)(url, init)
  }

  return async function request<T>(
    method: string,
    path: string,
    { token, body, signal, onProgress }: CallOptions = {},
    read: (response: Response) => Promise<T> = (response) => response.json(),
  ): Promise<T> {
    const isForm = body instanceof FormData
    const life = new AbortController()
    const abort = () => life.abort()
    const timer = setTimeout(abort, isForm ? uploadTimeoutMs : timeoutMs)
    signal?.addEventListener('abort', abort)
    const init: RequestInit = {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      signal: life.signal,
    }
    try {
      const response = await answerTo(base + path, init, onProgress).catch(() => {
        throw unreachable()
      })
      if (!response.ok) throw await problemOf(response)
      return await read(response).catch(() => {
        throw unreachable()
      })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }
}
