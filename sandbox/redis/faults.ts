import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Names the faults of the REST server: no answer ever; the socket cut before the work; the socket
 * cut after the work was done (`lose`); an error status; or a late answer.
 */
export type RedisFault = 'hang' | 'drop' | 'lose' | { status: number } | { slowMs: number }

/** Queues faults for the next requests, the oldest first. */
export function createFaultQueue() {
  const queue: { times: number; what: RedisFault }[] = []

  function next(): RedisFault | undefined {
    const first = queue[0]
    if (!first) return undefined
    first.times -= 1
    if (first.times <= 0) queue.shift()
    return first.what
  }

  return {
    add(fault: { times?: number; what: RedisFault }): void {
      queue.push({ times: fault.times ?? 1, what: fault.what })
    },
    clear(): void {
      queue.length = 0
    },
    /** Does the work, or applies the next fault. */
    async apply(request: Request, work: () => Promise<Response>): Promise<Response> {
      const fault = next()
      if (fault === undefined) return work()
      if (fault === 'drop') return Response.error()
      if (fault === 'hang') return untilAborted(request.signal)
      if (fault === 'lose') return work().then(() => Response.error())
      if ('slowMs' in fault) return sleep(fault.slowMs).then(work)
      return Response.json({ error: 'ERR injected fault' }, { status: fault.status })
    },
  }
}

function untilAborted(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    const abort = () => resolve(Response.error())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })
}
