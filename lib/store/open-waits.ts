/**
 * Limits how many polls wait at the same time, over all instances. Each has a lease in Redis, by
 * Redis' clock, which ends with its wait at the latest: a process that dies frees it so.
 */
import { randomBytes } from 'node:crypto'
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { GatewayError } from '../problem.js'
import { afterAnswer } from '../request.js'
import type { Keys } from './keys.js'
import { luaNow, orStoreUnavailable, readReply } from './redis.js'

/** Polls that may wait at the same time. */
const maxPerConversation = 4
const maxPerVisitor = 8

/** A lease that ends within so many milliseconds is left to its end: giving it back costs a request. */
const minReleaseMs = 250

/** Names who waits for what. */
export type WaitKey = { visitorId: string; conversationId: string }

/** Describes a lease of this process. `endsAt`: epoch milliseconds by its own clock. */
type LocalLease = { id: string; conversationId: string; endsAt: number }

/**
 * Reads the leases of a visitor: texts `end id conversation`, ends in milliseconds. `save` keeps
 * them until the last one ends.
 */
const leasesScript = `${luaNow}
local leases, last = {}, now
local function add(ends, id, conversation)
  table.insert(leases, string.format('%.0f %s %s', ends, id, conversation))
  last = math.max(last, ends)
end
local function save()
  if #leases == 0 then return redis.call('DEL', KEYS[1]) end
  redis.call('SET', KEYS[1], table.concat(leases, '\\n'), 'PX', string.format('%.0f', last - now))
end
local stored = string.gmatch(redis.call('GET', KEYS[1]) or '', '(%d+) (%S+) (%S+)')
`

/**
 * Takes a lease `ARGV[1]` for the conversation `ARGV[2]` and `ARGV[3]` milliseconds. Returns 1,
 * or 0 and the milliseconds until a lease ends that is in the way.
 */
const takeScript = `${leasesScript}
local own, first, firstOwn = 0, math.huge, math.huge
for text, id, conversation in stored do
  local ends = tonumber(text)
  if ends > now then
    add(ends, id, conversation)
    first = math.min(first, ends)
    if conversation == ARGV[2] then
      own = own + 1
      firstOwn = math.min(firstOwn, ends)
    end
  end
end
local wait = 0
if #leases >= ${maxPerVisitor} then wait = first - now end
if own >= ${maxPerConversation} then wait = math.max(wait, firstOwn - now) end
if wait > 0 then return { 0, wait } end
add(now + tonumber(ARGV[3]), ARGV[1], ARGV[2])
save()
return { 1, 0 }
`

const takeReply = z.tuple([z.union([z.literal(0), z.literal(1)]), z.number()])

/** Gives back the lease `ARGV[1]`. */
const releaseScript = `${leasesScript}
for text, id, conversation in stored do
  local ends = tonumber(text)
  if ends > now and id ~= ARGV[1] then add(ends, id, conversation) end
end
save()
return 1
`

function refusal(retryAfterMs: number): GatewayError {
  return new GatewayError('rate_limited', {
    detail: `At most ${maxPerConversation} polls of a conversation, and ${maxPerVisitor} of a visitor, wait at the same time. A poll without "wait" is answered at once.`,
    retryAfterMs: Math.max(1, retryAfterMs),
  })
}

type Options = { redis: Redis; keys: Keys }

export type OpenWaits = ReturnType<typeof createOpenWaits>

export function createOpenWaits({ redis, keys }: Options) {
  /**
   * Holds the leases of this process by visitor, those included that Redis was asked for a moment
   * ago.
   */
  const local = new Map<string, readonly LocalLease[]>()

  function leasesOf(visitorId: string): readonly LocalLease[] {
    return local.get(visitorId) ?? []
  }

  function setLeases(visitorId: string, leases: readonly LocalLease[]): void {
    if (leases.length > 0) local.set(visitorId, leases)
    else local.delete(visitorId)
  }

  function forget(visitorId: string, { id }: LocalLease): void {
    setLeases(
      visitorId,
      leasesOf(visitorId).filter((lease) => lease.id !== id),
    )
  }

  async function release({ visitorId }: WaitKey, lease: LocalLease): Promise<void> {
    forget(visitorId, lease)
    if (lease.endsAt - Date.now() < minReleaseMs) return
    const answer = redis.eval(releaseScript, [keys.waits(visitorId)], [lease.id])
    await orStoreUnavailable(answer)
  }

  return {
    /**
     * Refuses without a request to Redis when this process alone holds as many waits as are allowed.
     * @throws {GatewayError} rate_limited
     */
    throwIfFull({ visitorId, conversationId }: WaitKey): void {
      const all = leasesOf(visitorId)
      const own = all.filter((lease) => lease.conversationId === conversationId)
      const full = [
        ...(all.length >= maxPerVisitor ? [all] : []),
        ...(own.length >= maxPerConversation ? [own] : []),
      ]
      const freeAt = full.map((leases) => Math.min(...leases.map(({ endsAt }) => endsAt)))
      if (freeAt.length > 0) throw refusal(Math.max(...freeAt) - Date.now())
    },

    /**
     * Takes a lease for a wait, and gives it back when the request is answered. Travels with the
     * other commands of its tick.
     * @throws {GatewayError} rate_limited, store_unavailable
     */
    async take(key: WaitKey, waitMs: number): Promise<void> {
      const { visitorId, conversationId } = key
      const id = randomBytes(6).toString('base64url')
      const lease = { id, conversationId, endsAt: Date.now() + waitMs }
      setLeases(visitorId, [...leasesOf(visitorId), lease])
      try {
        const args = [id, conversationId, String(waitMs)]
        const answer = redis.eval(takeScript, [keys.waits(visitorId)], args)
        const [isTaken, freeInMs] = await readReply(takeReply, answer)
        if (isTaken !== 1) throw refusal(freeInMs)
        afterAnswer(() => release(key, lease))
      } catch (error) {
        forget(visitorId, lease)
        throw error
      }
    },
  }
}
