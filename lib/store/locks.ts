/** Short locks: one process at a time does a thing for a visitor. A holder that dies loses it in time. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from '@upstash/redis'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Keys } from './keys.js'
import { createLeftovers } from './leftovers.js'
import { fromStore } from './redis.js'

const askAgainMs = 100

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export type Locks = ReturnType<typeof createLocks>

/** `lifetimeMs` must exceed the deadline of a request, so that no holder outlives its lock. */
export function createLocks({ redis, keys, lifetimeMs }: Options) {
  const leftovers = createLeftovers({ redis, lifetimeMs })

  /** The answer may be lost of a lock that was taken: it would keep its visitor out. */
  async function take(key: string, holder: string): Promise<boolean> {
    leftovers.clear(key)
    try {
      return (await fromStore(redis.set(key, holder, { nx: true, px: lifetimeMs }))) !== null
    } catch (error) {
      await leftovers.undo({ key, old: holder, next: '' })
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
      while (!(await take(key, holder))) {
        if (remainingMs() < 2 * askAgainMs) {
          throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
        }
        await sleep(askAgainMs)
      }
      try {
        return await work()
      } finally {
        await leftovers.insist({ key, old: holder, next: '' })
      }
    },
  }
}
