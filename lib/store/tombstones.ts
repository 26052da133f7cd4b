/**
 * Writes and reads tombstones: marks of visitors that were forgotten or merged, and of devices that
 * were signed out. Access tokens outlive both for a while.
 */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import { redisStrings } from './record.js'
import type { ChangeRecord } from './record-changes.js'
import type { RecordLifetime } from './record-lifetime.js'
import { commit, luaNow, orStoreUnavailable, readReply } from './redis.js'

/**
 * Refuses the tokens of every device that has signed in until now, by Redis' clock. A moment of
 * sign-in (`ARGV[1]`) that lies after it, from a Redis whose clock was ahead, is refused as well.
 */
const refuseScript = `${luaNow}
local out = math.max(now, tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'out') or 0))
redis.call('HSET', KEYS[1], 'out', string.format('%.0f', out))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

/** Returns the arguments of the EVAL that refuses a visitor's tokens, and keeps the record so long. */
export function refusal(key: string, since: number, lifetimeMs: number) {
  const args: [string, string[], string[]] = [
    refuseScript,
    [key],
    [String(since), String(lifetimeMs)],
  ]
  return args
}

type Options = {
  redis: Redis
  keys: Keys
  recordLifetime: RecordLifetime
  tombstoneMs: number
  changeRecord: ChangeRecord
}

/** Creates the tombstones. `tombstoneMs`: lifetime of a tombstone. */
export function createTombstones(options: Options) {
  const { redis, keys, recordLifetime, tombstoneMs, changeRecord } = options
  return {
    /**
     * Deletes the record and leaves a tombstone for as long as a token of the visitor can live.
     * @param target the visitor who has the conversations now; `nobody` where there is none
     */
    async writeTombstone(visitorId: string, target = 'nobody'): Promise<void> {
      const key = keys.visitor(visitorId)
      const change = redis.multi().del(key).hset(key, { gone: target }).pexpire(key, tombstoneMs)
      await commit(change)
    },

    /**
     * Reserves a guest's conversations for a visitor. Only the first reservation counts: returns
     * the visitor who holds it, or into whom the guest was merged.
     */
    async reserveMerge(guestId: string, target: string): Promise<string | null> {
      const key = keys.visitor(guestId)
      const [, found] = await Promise.all([
        changeRecord(guestId, { when: { field: 'heir', is: 'absent' }, set: { heir: target } }),
        readReply(redisStrings, redis.hmget(key, 'gone', 'heir')),
      ])
      const [gone, reserved] = found
      return gone ?? reserved ?? null
    },

    /**
     * Returns the visitor that a guest was merged into; null when there is none, or it was too long
     * ago.
     */
    mergedInto(visitorId: string): Promise<string | null> {
      return orStoreUnavailable(redis.hget<string>(keys.visitor(visitorId), 'gone'))
    },

    /**
     * Refuses the tokens of a guest who is being forgotten, and keeps the record for no longer than
     * they can live.
     */
    async refuseTokens(visitorId: string, since: number): Promise<void> {
      const key = keys.visitor(visitorId)
      await orStoreUnavailable(redis.eval(...refusal(key, since, tombstoneMs)))
    },

    /** Refuses the tokens that a signed-out device still holds. */
    async revokeDevice(visitorId: string, family: string): Promise<void> {
      await changeRecord(visitorId, { set: { [`x:${family}`]: '1' } })
    },

    /** Refuses the tokens of every device that has signed in until now. */
    async revokeEverywhere(visitorId: string, since: number): Promise<void> {
      const key = keys.visitor(visitorId)
      const lifetimeMs = recordLifetime(visitorId)
      await orStoreUnavailable(redis.eval(...refusal(key, since, lifetimeMs)))
    },
  }
}
