/** Short locks: one process at a time does a thing for a visitor. A holder that dies loses it in time. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from '@upstash/redis'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Keys } from './keys.js'
import { fromStore } from './redis.js'

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`
const askAgainMs = 100

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export type Locks = ReturnType<typeof createLocks>

/** `lifetimeMs` must exceed the deadline of a request, so that no holder outlives its lock. */
export function createLocks({ redis, keys, lifetimeMs }: Options) {
  const take = (key: string, holder: string) =>
    fromStore(redis.set(key, holder, { nx: true, px: lifetimeMs }))

  /** The answer may be lost of a lock that was taken: it would keep its visitor out. */
  function givingBack(release: () => Promise<unknown>) {
    return async (error: unknown): Promise<never> => {
      await release()
      throw error
    }
  }

  return {
    /**
     * Does the work while holding the lock; waits for it until the request's deadline, then
     * `upstream_unavailable`: whoever holds it is waiting for Salesforce.
     */
    async hold<T>(visitorId: string, what: string, work: () => Promise<T>): Promise<T> {
      const key = keys.lock(visitorId, what)
      const holder = randomUUID()
      const release = () => redis.eval(releaseScript, [key], [holder]).catch(() => undefined)
      while (!(await take(key, holder).catch(givingBack(release)))) {
        if (remainingMs() < 2 * askAgainMs) {
          throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
        }
        await sleep(askAgainMs)
      }
      try {
        return await work()
      } finally {
        await release()
      }
    },
  }
}
