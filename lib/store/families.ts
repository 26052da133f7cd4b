/**
 * Stores refresh-token families, one per device: the hashes of the current and the previous token
 * only, and, for a client that lost a response, the last pair, sealed under the token it presents.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { type Device, redisStrings } from './record.js'
import { prolongScript } from './record-changes.js'
import type { RecordLifetime } from './record-lifetime.js'
import { type IsDoubted, luaNow, orStoreUnavailable, readReply } from './redis.js'

/** Sets for how many milliseconds the token rotated last is still honoured (contract, auth). */
const graceMs = 30_000
/**
 * Sets the same while Redis is doubted: the rotation may have taken effect long before a repeat of
 * it gets an answer. Its pair holds an access token of about this life.
 */
const doubtedGraceMs = 15 * 60_000

/**
 * Defines what is honoured: the current token, and for `grace` milliseconds the one that was rotated
 * last. A token of more rotations than the family has is current, too: Redis lost the rotations that
 * made it.
 */
const honouredScript = `${luaNow}
local current, previous, rotatedAt, rotations =
  unpack(redis.call('HMGET', KEYS[1], 'current', 'previous', 'rotatedAt', 'rotations'))
local isCurrent = current and (current == ARGV[1] or tonumber(ARGV[2]) > tonumber(rotations or 0))
local isReplayed = previous == ARGV[1] and now - tonumber(rotatedAt) <= grace
`

/** Names the fields that a rotation changes, in the order in which it returns and restores them. */
const rotatedFields = "'current', 'previous', 'replay', 'rotatedAt', 'rotations', 'ends'"

/**
 * Exchanges a token, and decides all that this depends on in one moment: that the device is signed in
 * (`gone`, `out` and the device's own mark in the visitor's record), that its token is honoured, and
 * when the next one ends. That is after `lifetime` milliseconds; for a known visitor not after `cap`,
 * and for a guest with the last open conversation, where there is one. Returns what a rotation
 * replaced, so that it can be taken back.
 */
const rotateScript = `
local hash, rotationsBefore, nextHash, replay = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local since, revoked, lifetime, cap, recordMs = tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local grace = tonumber(ARGV[10])
${honouredScript}${prolongScript}
local gone, out, isRevoked, open =
  unpack(redis.call('HMGET', KEYS[2], 'gone', 'out', revoked, 'until'))
if gone or isRevoked or tonumber(out or 0) >= since then return { 'signedOut' } end
if not current then return { 'unknown' } end
if isCurrent then
  local ends = now + lifetime
  if cap ~= '' then ends = math.min(ends, tonumber(cap))
  elseif open and tonumber(open) > now then ends = tonumber(open) end
  local before = redis.call('HMGET', KEYS[1], ${rotatedFields})
  local lived = redis.call('PTTL', KEYS[1])
  redis.call('HSET', KEYS[1], 'current', nextHash, 'previous', hash, 'replay', replay,
    'rotatedAt', string.format('%.0f', now), 'rotations', rotationsBefore + 1,
    'ends', string.format('%.0f', ends))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1, ends - now)))
  prolong(KEYS[2], recordMs)
  return { 'rotated', ends, lived, before }
end
if isReplayed then
  local kept, ends = unpack(redis.call('HMGET', KEYS[1], 'replay', 'ends'))
  return { 'replayed', tonumber(ends) or now + redis.call('PTTL', KEYS[1]), kept }
end
redis.call('DEL', KEYS[1])
return { 'reused' }
`

/** Takes back the rotation to `ARGV[1]`, unless another one has followed: `ARGV[3]` on are the fields. */
const takeBackScript = `
if redis.call('HGET', KEYS[1], 'current') ~= ARGV[1] then return 0 end
for at, name in ipairs({ ${rotatedFields} }) do
  if ARGV[at + 2] == '' then redis.call('HDEL', KEYS[1], name)
  else redis.call('HSET', KEYS[1], name, ARGV[at + 2]) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

const isHonouredScript = `local grace = tonumber(ARGV[3])
${honouredScript}
return (isCurrent or isReplayed) and 1 or 0
`

const rotationReply = z.union([
  z.tuple([z.literal('rotated'), z.number(), z.number(), redisStrings]),
  z.tuple([z.literal('replayed'), z.number(), z.string()]),
  z.tuple([z.enum(['unknown', 'reused', 'signedOut'])]),
])

const honouredReply = z.union([z.literal(0), z.literal(1)])

/** Describes a refresh token as its family knows it. */
export type PresentedToken = { hash: string; rotations: number }

export type Rotation = {
  presented: PresentedToken
  nextHash: string
  /** Holds the new pair, sealed under the token presented. */
  replay: string
  /**
   * Holds the lifetime of the next token, in milliseconds, and the moment at which it ends at the
   * latest.
   */
  lifetimeMs: number
  endsBy: number | null
}

/**
 * Describes the result of a rotation. `ends`: end of the next token, epoch milliseconds of Redis'
 * clock; `before`: what `takeBack` needs.
 */
export type RotationOutcome =
  | { kind: 'unknown' | 'reused' | 'signedOut' }
  | { kind: 'rotated'; ends: number; before: readonly string[] }
  | { kind: 'replayed'; ends: number; replay: string }

type Options = {
  redis: Redis
  keys: Keys
  recordLifetime: RecordLifetime
  /** Tells that rotations may have taken effect whose answers were lost. */
  isDoubted: IsDoubted
}

/** Creates the storage of refresh-token families. */
export function createFamilies({ redis, keys, recordLifetime, isDoubted }: Options) {
  const graceNow = () => (isDoubted() ? doubtedGraceMs : graceMs)

  return {
    /** Begins a family with its first token. */
    async create(visitorId: string, family: string, hash: string, lifetimeMs: number) {
      const key = keys.family(visitorId, family)
      await orStoreUnavailable(
        Promise.all([redis.hset(key, { current: hash }), redis.pexpire(key, lifetimeMs)]),
      )
    },

    /**
     * Exchanges the current token of a device that is signed in for the next, atomically, and keeps
     * the visitor's record for the next one's life: it outlives the open conversation of a guest
     * anyway. For a time, the token that was rotated last gets the same pair again; any other token
     * revokes the family.
     */
    async rotate(
      { id, family, since }: Device,
      { presented, nextHash, replay, lifetimeMs, endsBy }: Rotation,
    ): Promise<RotationOutcome> {
      const { hash, rotations } = presented
      const recordMs = recordLifetime(id, lifetimeMs)
      const limits = [since, `x:${family}`, lifetimeMs, endsBy ?? '', recordMs, graceNow()]
      const args = [hash, rotations, nextHash, replay, ...limits].map(String)
      const ownKeys = [keys.family(id, family), keys.visitor(id)]
      const reply = await readReply(rotationReply, redis.eval(rotateScript, ownKeys, args))
      if (reply[0] === 'replayed') return { kind: reply[0], ends: reply[1], replay: reply[2] }
      if (reply[0] !== 'rotated') return { kind: reply[0] }
      const before = [String(reply[2]), ...reply[3].map((value) => value ?? '')]
      return { kind: reply[0], ends: reply[1], before }
    },

    /** Takes back a rotation whose pair nobody was given. */
    async takeBack({ id, family }: Device, nextHash: string, before: readonly string[]) {
      const args = [nextHash, ...before]
      await orStoreUnavailable(redis.eval(takeBackScript, [keys.family(id, family)], args))
    },

    /** Tells that a token is the current one, or was rotated a moment ago; changes nothing. */
    async isHonoured(
      visitorId: string,
      family: string,
      { hash, rotations }: PresentedToken,
    ): Promise<boolean> {
      const key = keys.family(visitorId, family)
      const answer = redis.eval(
        isHonouredScript,
        [key],
        [hash, String(rotations), String(graceNow())],
      )
      return (await readReply(honouredReply, answer)) === 1
    },

    /** Deletes a family, so that none of its tokens is exchanged again. */
    async revoke(visitorId: string, family: string): Promise<void> {
      await orStoreUnavailable(redis.del(keys.family(visitorId, family)))
    },
  }
}
