/**
 * Refresh families: one per device. Only the hash of the current and of the previous token is kept,
 * and, for a client whose answer was lost, the last pair sealed under the token it presents.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

/** Milliseconds for which the token rotated last is honoured again (contract, auth). */
export const graceMs = 30_000

const rotateScript = `
local family = redis.call('HMGET', KEYS[1], 'current', 'previous', 'replay', 'rotatedAt')
if not family[1] then return { 'unknown' } end
if family[1] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'previous', ARGV[1], 'replay', ARGV[3], 'rotatedAt', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return { 'rotated' }
end
if family[2] == ARGV[1] and tonumber(ARGV[4]) - tonumber(family[4]) <= tonumber(ARGV[6]) then
  return { 'replayed', family[3] }
end
redis.call('DEL', KEYS[1])
return { 'reused' }
`

const fields = z.array(z.string().nullable())

export type Rotation = {
  presentedHash: string
  nextHash: string
  /** The new pair, sealed under the token presented. */
  replay: string
  lifetimeMs: number
}

export type RotationOutcome =
  | { kind: 'rotated' | 'unknown' | 'reused' }
  | { kind: 'replayed'; replay: string }

export type Families = ReturnType<typeof createFamilies>

export function createFamilies({ redis, keys }: { redis: Redis; keys: Keys }) {
  return {
    /** Begins a family with its first token. */
    async create(visitorId: string, family: string, hash: string, lifetimeMs: number) {
      const key = keys.family(visitorId, family)
      await orStoreUnavailable(
        Promise.all([redis.hset(key, { current: hash }), redis.pexpire(key, lifetimeMs)]),
      )
    },

    /**
     * Exchanges the current token for the next, in one step however many ask at once. The token that
     * was rotated last is answered with the same pair for a while; an older one revokes the family.
     */
    async rotate(
      visitorId: string,
      family: string,
      { presentedHash, nextHash, replay, lifetimeMs }: Rotation,
    ): Promise<RotationOutcome> {
      const args = [presentedHash, nextHash, replay, Date.now(), lifetimeMs, graceMs].map(String)
      const key = keys.family(visitorId, family)
      const [kind, kept] = await orStoreUnavailable(
        redis.eval<string[], [RotationOutcome['kind'], string?]>(rotateScript, [key], args),
      )
      return kind === 'replayed' ? { kind, replay: kept ?? '' } : { kind }
    },

    /** Tells that a token is the current one, or was rotated a moment ago; changes nothing. */
    async isHonoured(visitorId: string, family: string, hash: string): Promise<boolean> {
      const key = keys.family(visitorId, family)
      const found: unknown = await orStoreUnavailable(
        redis.hmget(key, 'current', 'previous', 'rotatedAt'),
      )
      const [current, previous, rotatedAt] = fields.parse(found)
      return current === hash || (previous === hash && Date.now() - Number(rotatedAt) <= graceMs)
    },

    async revoke(visitorId: string, family: string): Promise<void> {
      await orStoreUnavailable(redis.del(keys.family(visitorId, family)))
    },
  }
}
