/** Reports a chat's requests to the gateway. */

/** Describes one request; `status` is 0 without a response. Times are milliseconds. */
export type Call = {
  method: string
  path: string
  status: number
  ms: number
  /** Counts the milliseconds spent on Salesforce, as the gateway measured them. */
  salesforceMs: number
  /** Counts the milliseconds spent on Redis, as the gateway measured them. */
  redisMs: number
}

/** Holds the pace that the response of a poll asks for. */
export type Pace = { pollAfterMs: number | null }

type Listeners = { onCall(call: Call): void; onPace(pace: Pace): void }

/**
 * Returns one part of a `Server-Timing` header in milliseconds, such as
 * `total;dur=41.2, redis;dur=6.1, salesforce;dur=33.9`; 0 when it is missing.
 */
export function partOf(serverTiming: string | null, name: string): number {
  const [, ms = '0'] = new RegExp(`\\b${name};dur=([\\d.]+)`).exec(serverTiming ?? '') ?? []
  return Number(ms)
}

/**
 * Returns a `fetch` for `createChat` that reports each request. Responses are passed on unchanged.
 */
export function watchedFetch({ onCall, onPace }: Listeners): typeof fetch {
  return async (input, init) => {
    const startedMs = performance.now()
    const { pathname } = new URL(String(input), location.href)
    const report = (status: number, timing: string | null) =>
      onCall({
        method: init?.method ?? 'GET',
        path: pathname,
        status,
        ms: performance.now() - startedMs,
        salesforceMs: partOf(timing, 'salesforce'),
        redisMs: partOf(timing, 'redis'),
      })
    const response = await fetch(input, init).catch((error: unknown) => {
      if (!init?.signal?.aborted) report(0, null)
      throw error
    })
    report(response.status, response.headers.get('server-timing'))
    if (pathname === '/api/poll' && response.ok) {
      response
        .clone()
        .json()
        .then(onPace, () => {})
    }
    return response
  }
}
