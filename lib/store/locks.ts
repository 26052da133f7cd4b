/**
 * Locks: one process at a time does a thing for a visitor. The lock of a holder that died expires.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from '@upstash/redis'
import { growingPauses, pause } from '../pauses.js'
import { GatewayError } from '../problem.js'
import { abandonSignal, remainingMs } from '../request.js'
import { createDeferredWrites } from './deferred-writes.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

/** Sets the first and the longest pause between two attempts to take a lock, in milliseconds. */
const firstPauseMs = 100
const longestPauseMs = 2000

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

/**
 * Describes a lock that is held. A release never rejects, and one that was answered is not
 * repeated.
 */
export type Lock = { release(): Promise<void> }

/** Holds what a script needs to take a lock. */
export type LockRequest = { key: string; holder: string; lifetimeMs: number }

export type Locks = ReturnType<typeof createLocks>

/**
 * Creates the locks.
 * @param lifetimeMs must exceed the deadline of a request, so that no holder outlives its lock
 */
export function createLocks({ redis, keys, lifetimeMs }: Options) {
  const deferredWrites = createDeferredWrites({ redis, lifetimeMs })

  /**
   * Tries to take a lock. If the answer is lost, the lock is given back: it may have been taken,
   * and would keep its visitor out.
   */
  async function acquire(key: string, holder: string): Promise<boolean> {
    deferredWrites.flush(key)
    const taken = redis.set(key, holder, { nx: true, px: lifetimeMs })
    try {
      return (await orStoreUnavailable(taken)) !== null
    } catch (error) {
      await deferredWrites.undo({ key, old: holder, next: '' })
      throw error
    }
  }

  function lockOf(key: string, holder: string): Lock {
    let isReleased = false
    return {
      async release() {
        if (isReleased) return
        isReleased = await deferredWrites.eventually({ key, old: holder, next: '' })
      },
    }
  }

  /**
   * Waits for a lock until the request's deadline.
   * @throws {GatewayError} upstream_unavailable at the deadline: the holder is waiting for Salesforce
   */
  async function take(visitorId: string, what: string, signal: AbortSignal): Promise<Lock> {
    const key = keys.lock(visitorId, what)
    const holder = randomUUID()
    const pauses = growingPauses(firstPauseMs, longestPauseMs)
    while (!(await acquire(key, holder))) {
      const leftMs = remainingMs() - firstPauseMs
      if (leftMs < firstPauseMs) {
        throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
      }
      await pause(Math.min(pauses.next().value, leftMs), signal)
    }
    return lockOf(key, holder)
  }

  /** Does the work, and releases the lock unless the work has done so. */
  async function hold<T>(lock: Lock, work: (lock: Lock) => Promise<T>): Promise<T> {
    try {
      return await work(lock)
    } finally {
      await lock.release()
    }
  }

  return {
    hold,

    /**
     * Takes a lock in a request to Redis that does more, if nobody holds it and the script wants it.
     * If the answer is lost, the lock is given back. Travels with the other commands of its tick.
     * @param ask runs the script, and resolves to its reply
     */
    async takeWith<T extends { isLocked: boolean }>(
      visitorId: string,
      what: string,
      ask: (request: LockRequest) => Promise<T>,
    ): Promise<{ found: T; lock: Lock | null }> {
      const key = keys.lock(visitorId, what)
      const holder = randomUUID()
      deferredWrites.flush(key)
      try {
        const found = await ask({ key, holder, lifetimeMs })
        return { found, lock: found.isLocked ? lockOf(key, holder) : null }
      } catch (error) {
        await deferredWrites.undo({ key, old: holder, next: '' })
        throw error
      }
    },

    /**
     * Does the work while holding the lock, and waits for it until the request's deadline.
     * @param signal ends the wait, never the work
     * @throws {GatewayError} upstream_unavailable at the deadline
     */
    async withLock<T>(
      visitorId: string,
      what: string,
      work: (lock: Lock) => Promise<T>,
      signal = abandonSignal(),
    ): Promise<T> {
      return await hold(await take(visitorId, what, signal), work)
    },
  }
}
