/** Who may do what how often. When Redis does not answer, a call is refused, never let through. */
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis'
import {
  type LimitName,
  type LimitOutcome,
  type Limits,
  refuseAbove,
  windowSecondsOf,
} from '../limits.js'
import { noteLimit } from '../request.js'
import { admitTogether } from './governor.js'
import type { Keys } from './keys.js'
import { fromStore } from './redis.js'

/** One counter to count on. */
export type Count = { limit: LimitName; of: string }

/** So many token requests a minute are kept for renewals of running conversations (contract, "Limits"). */
const keptForRenewals = 40

type Options = { redis: Redis; keys: Keys; limits: Limits }

export type Limiter = ReturnType<typeof createLimiter>

export function createLimiter({ redis, keys, limits }: Options) {
  const counters = new Map<LimitName, Ratelimit>()
  const windowSeconds = (name: LimitName) => windowSecondsOf(limits[name][1])

  /** Polls are many and may be counted coarsely and cheaply; the others slide. */
  function createCounter(name: LimitName): Ratelimit {
    const [most] = limits[name]
    const window = `${windowSeconds(name) * 1000} ms` as const
    const limiter =
      name === 'poll' ? Ratelimit.fixedWindow(most, window) : Ratelimit.slidingWindow(most, window)
    return new Ratelimit({ redis, limiter, prefix: keys.limit(name), timeout: 0 })
  }

  function counterOf(name: LimitName): Ratelimit {
    const counter = counters.get(name) ?? createCounter(name)
    counters.set(name, counter)
    return counter
  }

  async function count({ limit: name, of }: Count): Promise<LimitOutcome> {
    const result = await fromStore(counterOf(name).limit(of))
    return {
      name,
      allowed: result.success,
      limit: limits[name][0],
      remaining: Math.max(0, result.remaining),
      windowSeconds: windowSeconds(name),
      resetMs: Math.max(0, result.reset - Date.now()),
    }
  }

  return {
    /** Counts a call on all its counters in one request; throws `rate_limited` when one is full. */
    async check(counts: readonly Count[]): Promise<readonly LimitOutcome[]> {
      const outcomes = await Promise.all(counts.map(count))
      outcomes.forEach(noteLimit)
      refuseAbove(outcomes)
      return outcomes
    },

    /**
     * Counts a request for a Salesforce token, over the whole organisation. New conversations may not
     * use what is kept for renewals. What is left is the organisation's business: callers are told only
     * of a refusal.
     */
    async checkToken(organisation: string, purpose: 'start' | 'renewal'): Promise<void> {
      const [most] = limits.tokens
      const seconds = windowSeconds('tokens')
      const forStarts = Math.max(1, most - Math.min(keptForRenewals, Math.floor(most / 4)))
      const whole = { key: keys.tokens(organisation, 'all'), most }
      const start = { key: keys.tokens(organisation, 'starts'), most: forStarts }
      const counters = purpose === 'start' ? [start, whole] : [whole]
      const refusal = await admitTogether(redis, counters, seconds * 1000)
      if (!refusal) return
      const { full, resetMs } = refusal
      const outcome: LimitOutcome = {
        name: 'tokens',
        allowed: false,
        limit: full.most,
        remaining: 0,
        windowSeconds: seconds,
        resetMs,
      }
      noteLimit(outcome)
      refuseAbove([outcome])
    },
  }
}
