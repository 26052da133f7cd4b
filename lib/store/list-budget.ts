/**
 * Limits how often Salesforce's list of one conversation is read, over all tabs, devices and
 * instances: a token bucket in Redis, by Redis' clock. Salesforce refuses faster readers
 * (`enhanced-chat-api.md §3.7`).
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { type LimitSize, windowSecondsOf } from '../limits.js'
import { noteLimit } from '../request.js'
import type { Keys } from './keys.js'
import { luaNow, orStoreUnavailable, readReply } from './redis.js'
import { createStepScript, type Step, takeStep } from './sliding-log.js'

/** Names a bucket. It belongs to the visitor too, so that a stranger cannot empty it. */
export type ListKey = { visitorId: string; conversationId: string }

/**
 * Describes the result of asking for a look. `waitMs`: until the bucket allows the next one; 0 when
 * it does now.
 */
export type ListGrant = { allowed: boolean; waitMs: number }

/** Looks that settle a send may overdraw the bucket by this many (contract, "List budget"). */
const maxBorrowed = 3
/**
 * Sets the share of the interval between two looks by which readers of an empty bucket are told to
 * come later, at random: otherwise all come at the same moment, and the quickest of them gets every
 * look.
 */
const maxSpread = 0.25
/** Sets the first back-off after a 429 without `Retry-After`, and the longest, in milliseconds. */
const firstBackOffMs = 5000
const maxBackOffMs = 60_000

/**
 * Reads the bucket `KEY`, whose value is `full ends step`: the moment at which it is full again, the
 * end of the last back-off and its length, in milliseconds. `save` keeps it for `kept` milliseconds.
 */
const bucketLua = `
local full, ends, step = string.match(redis.call('GET', KEY) or '0 0 0', '^(%d+) (%d+) (%d+)$')
full, ends, step = math.max(tonumber(full), now), tonumber(ends), tonumber(step)
local function save()
  local kept = math.max(full, ends + ${maxBackOffMs}) - now
  local value = string.format('%.0f %.0f %.0f', full, ends, step)
  redis.call('SET', KEY, value, 'PX', string.format('%.0f', math.max(1, kept)))
end
`

/** Reads the time and the bucket, for a script that counts no call. */
const bucketScript = `${luaNow}
local KEY = KEYS[1]
${bucketLua}`

/**
 * Takes a look: moves `full` by an interval, which is allowed while it lies at most `ARG[2]` ahead
 * (`ARG[3]` without borrowing). Returns whether it did, the distance to `full`, and the wait.
 */
const takeScript = createStepScript(`${bucketLua}
local interval, slack, plain = tonumber(ARG[1]), tonumber(ARG[2]), tonumber(ARG[3])
local allowed = 0
if full - now <= slack and ends <= now then
  allowed = 1
  full = full + interval
  save()
end
return { allowed, full - now, math.max(0, full - now - plain, ends - now) }
`)

/**
 * Begins a back-off of `ARGV[1]` milliseconds, or, when that is negative, of five seconds, doubled when the
 * last back-off ended less than a minute ago. One that is running is kept. Returns its rest.
 */
const backOffScript = `${bucketScript}
local asked = tonumber(ARGV[1])
if ends <= now then
  local isAgain = step > 0 and now - ends < ${maxBackOffMs}
  step = isAgain and math.min(step * 2, ${maxBackOffMs}) or ${firstBackOffMs}
  ends = now + (asked >= 0 and asked or step)
  save()
end
return ends - now
`

/** Gives back a look: moves `full` by an interval (`ARGV[1]`, milliseconds) towards now. */
const giveBackScript = `${bucketScript}
full = math.max(now, full - tonumber(ARGV[1]))
save()
return 1
`

const takeReply = z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()])

type Options = { redis: Redis; keys: Keys; size: LimitSize }

export type ListBudget = ReturnType<typeof createListBudget>

/** Creates the budget. `size` is the limit `list`; a quarter of its count may come in a burst. */
export function createListBudget({ redis, keys, size }: Options) {
  const [count, window] = size
  const windowMs = windowSecondsOf(window) * 1000
  const intervalMs = Math.max(1, Math.ceil(windowMs / count))
  const burst = Math.max(1, Math.floor(count / 4))
  const slackMs = (burst - 1) * intervalMs
  const spreadMs = intervalMs * maxSpread

  /** Reads the reply of `takeScript`, and books the limit's state. */
  function readGrant(reply: unknown): ListGrant {
    const [allowed, untilFullMs, emptyMs] = takeReply.parse(reply)
    noteLimit({
      name: 'list',
      allowed: allowed === 1,
      limit: count,
      remaining: Math.max(0, burst - Math.ceil(untilFullMs / intervalMs)),
      windowSeconds: windowMs / 1000,
      resetMs: emptyMs > 0 ? emptyMs : untilFullMs,
    })
    const waitMs = emptyMs > 0 ? emptyMs + Math.floor(Math.random() * spreadMs) : 0
    return { allowed: allowed === 1, waitMs }
  }

  /**
   * Returns the step that takes one look, unless the bucket is empty or Salesforce asked to wait,
   * for the limiter to do with the count of a call.
   * @param purpose a look that settles a send may borrow
   */
  function lookStep(
    { visitorId, conversationId }: ListKey,
    purpose: 'read' | 'settle' = 'read',
  ): Step<ListGrant> {
    const borrowedMs = purpose === 'settle' ? maxBorrowed * intervalMs : 0
    const args = [intervalMs, slackMs + borrowedMs, slackMs]
    return { script: takeScript, key: keys.list(visitorId, conversationId), args, read: readGrant }
  }

  return {
    lookStep,

    /**
     * Takes one look for a call that was counted before.
     * @throws {GatewayError} store_unavailable
     */
    take: (key: ListKey, purpose: 'read' | 'settle' = 'read'): Promise<ListGrant> =>
      takeStep(redis, lookStep(key, purpose)),

    /**
     * Gives back a look that was taken and not used.
     * @throws {GatewayError} store_unavailable
     */
    async giveBack({ visitorId, conversationId }: ListKey): Promise<void> {
      const key = keys.list(visitorId, conversationId)
      await orStoreUnavailable(redis.eval(giveBackScript, [key], [String(intervalMs)]))
    },

    /**
     * Keeps everybody away from a list after Salesforce's 429, for the milliseconds that it asked
     * for; null: 5 s, doubled up to 60 s. Returns the milliseconds that are left.
     * @throws {GatewayError} store_unavailable
     */
    async backOff({ visitorId, conversationId }: ListKey, askedMs: number | null): Promise<number> {
      const args = [String(Math.min(Math.ceil(askedMs ?? -1), 3_600_000))]
      const key = keys.list(visitorId, conversationId)
      return await readReply(z.number(), redis.eval(backOffScript, [key], args))
    },
  }
}
