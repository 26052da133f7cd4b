/**
 * Writes and reads tombstones: marks of visitors that were forgotten or merged, and of devices that
 * were signed out. Access tokens outlive both for a while.
 */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import { commit, orStoreUnavailable } from './redis.js'

type Options = {
  redis: Redis
  keys: Keys
  recordMs: number
  tombstoneMs: number
  /** Writes fields of a visitor's record, which is then kept as long again. */
  write: (visitorId: string, fields: Record<string, string>) => Promise<void>
}

export function createTombstones({ redis, keys, recordMs, tombstoneMs, write }: Options) {
  return {
    /**
     * Deletes the record and leaves a tombstone for as long as a token of the visitor can live; `heir`:
     * who has the conversations now.
     */
    async writeTombstone(visitorId: string, target = 'nobody'): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().del(key).hset(key, { gone: target }).pexpire(key, tombstoneMs)
      await commit(change)
    },

    /** Names, once and for all, who takes a guest's conversations over; gives who that is. */
    async reserveMerge(guestId: string, target: string): Promise<string | null> {
      const key = keys.visitor(guestId)
      const [, , reserved, gone] = await orStoreUnavailable(
        Promise.all([
          redis.hsetnx(key, 'heir', target),
          redis.pexpire(key, recordMs),
          redis.hget<string>(key, 'heir'),
          redis.hget<string>(key, 'gone'),
        ]),
      )
      return gone ?? reserved
    },

    /**
     * Returns the visitor that a guest was merged into; null when there is none, or it was too long
     * ago.
     */
    mergedInto(visitorId: string): Promise<string | null> {
      return orStoreUnavailable(redis.hget<string>(keys.visitor(visitorId), 'gone'))
    },

    /** Refuses what a signed-out device still holds. */
    async revokeDevice(visitorId: string, family: string): Promise<void> {
      await write(visitorId, { [`x:${family}`]: '1' })
    },

    /** Refuses what every device holds that has signed in until now, by any clock of ours. */
    async revokeEverywhere(visitorId: string, since: number): Promise<void> {
      await write(visitorId, { out: String(Math.max(Date.now(), since)) })
    },
  }
}
