/** Listens to what a chat asks the gateway. */

/** One request and how it went; `status` is 0 when nobody answered. Times in milliseconds. */
export type Call = {
  method: string
  path: string
  status: number
  ms: number
  /** Milliseconds spent on Salesforce, as the gateway measured them. */
  salesforceMs: number
  redisMs: number
}

/** The pace that a page of a poll asks for. */
export type Pace = { pollAfterMs: number | null }

type Hear = { onCall(call: Call): void; onPace(pace: Pace): void }

/** `total;dur=41.2, redis;dur=6.1, salesforce;dur=33.9`, of which one part. */
export function partOf(serverTiming: string | null, name: string): number {
  const [, ms = '0'] = new RegExp(`\\b${name};dur=([\\d.]+)`).exec(serverTiming ?? '') ?? []
  return Number(ms)
}

/** A `fetch` for `createChat`, and what it did is told. The answers are passed on as they are. */
export function watchedFetch({ onCall, onPace }: Hear): typeof fetch {
  return async (input, init) => {
    const began = performance.now()
    const { pathname } = new URL(String(input), location.href)
    const tell = (status: number, timing: string | null) =>
      onCall({
        method: init?.method ?? 'GET',
        path: pathname,
        status,
        ms: performance.now() - began,
        salesforceMs: partOf(timing, 'salesforce'),
        redisMs: partOf(timing, 'redis'),
      })
    const response = await fetch(input, init).catch((error: unknown) => {
      if (!init?.signal?.aborted) tell(0, null)
      throw error
    })
    tell(response.status, response.headers.get('server-timing'))
    if (pathname === '/api/poll' && response.ok) {
      response
        .clone()
        .json()
        .then(onPace, () => {})
    }
    return response
  }
}
