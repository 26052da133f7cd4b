/** Short locks: one process at a time does a thing for a visitor. A holder that dies loses it in time. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from '@upstash/redis'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import { createDeferredWrites } from './deferred-writes.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

const retryIntervalMs = 100

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export type Locks = ReturnType<typeof createLocks>

/** `lifetimeMs` must exceed the deadline of a request, so that no holder outlives its lock. */
export function createLocks({ redis, keys, lifetimeMs }: Options) {
  const deferredWrites = createDeferredWrites({ redis, lifetimeMs })

  /** The answer may be lost of a lock that was taken: it would keep its visitor out. */
  async function acquire(key: string, holder: string): Promise<boolean> {
    deferredWrites.flush(key)
    try {
      return (
        (await orStoreUnavailable(redis.set(key, holder, { nx: true, px: lifetimeMs }))) !== null
      )
    } catch (error) {
      await deferredWrites.undo({ key, old: holder, next: '' })
      throw error
    }
  }

  return {
    /**
     * Does the work while holding the lock, and waits for it until the request's deadline.
     * @throws {GatewayError} upstream_unavailable at the deadline: the holder is waiting for
     *   Salesforce
     */
    async withLock<T>(visitorId: string, what: string, work: () => Promise<T>): Promise<T> {
      const key = keys.lock(visitorId, what)
      const holder = randomUUID()
      while (!(await acquire(key, holder))) {
        if (remainingMs() < 2 * retryIntervalMs) {
          throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
        }
        await sleep(retryIntervalMs)
      }
      try {
        return await work()
      } finally {
        await deferredWrites.eventually({ key, old: holder, next: '' })
      }
    },
  }
}
