/**
 * Counts calls against limits. When Redis does not answer, a call is refused, never let through.
 */
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis'
import {
  type LimitName,
  type LimitOutcome,
  type Limits,
  throwIfRefused,
  windowSecondsOf,
} from '../limits.js'
import { noteLimit } from '../request.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'
import { countInAll } from './sliding-log.js'

/** One counter to count on. */
export type Count = { limit: LimitName; counterId: string }

/** So many token requests a minute are kept for renewals of running conversations (contract, "Limits"). */
const reservedForRenewals = 40

type Options = { redis: Redis; keys: Keys; limits: Limits }

export type Limiter = ReturnType<typeof createLimiter>

export function createLimiter({ redis, keys, limits }: Options) {
  const counters = new Map<LimitName, Ratelimit>()
  const windowSeconds = (name: LimitName) => windowSecondsOf(limits[name][1])

  /** Polls are many and may be counted coarsely and cheaply; the others slide. */
  function createCounter(name: LimitName): Ratelimit {
    const [max] = limits[name]
    const window = `${windowSeconds(name) * 1000} ms` as const
    const limiter =
      name === 'poll' ? Ratelimit.fixedWindow(max, window) : Ratelimit.slidingWindow(max, window)
    return new Ratelimit({ redis, limiter, prefix: keys.limit(name), timeout: 0 })
  }

  function counterOf(name: LimitName): Ratelimit {
    const counter = counters.get(name) ?? createCounter(name)
    counters.set(name, counter)
    return counter
  }

  async function count({ limit: name, counterId }: Count): Promise<LimitOutcome> {
    const result = await orStoreUnavailable(counterOf(name).limit(counterId))
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
      throwIfRefused(outcomes)
      return outcomes
    },

    /**
     * Counts a request for a Salesforce token, over the whole organisation. New conversations may
     * not use the share of renewals. Callers get the limit only in a refusal, because the rest is
     * the organisation's business.
     */
    async checkTokenRequest(organisation: string, purpose: 'start' | 'renewal'): Promise<void> {
      const [max] = limits.tokens
      const seconds = windowSeconds('tokens')
      const startMax = Math.max(1, max - Math.min(reservedForRenewals, Math.floor(max / 4)))
      const allTokens = { key: keys.tokens(organisation, 'all'), max }
      const start = { key: keys.tokens(organisation, 'starts'), max: startMax }
      const counters = purpose === 'start' ? [start, allTokens] : [allTokens]
      const refusal = await countInAll(redis, counters, seconds * 1000)
      if (!refusal) return
      const { full, resetMs } = refusal
      const outcome: LimitOutcome = {
        name: 'tokens',
        allowed: false,
        limit: full.max,
        remaining: 0,
        windowSeconds: seconds,
        resetMs,
      }
      noteLimit(outcome)
      throwIfRefused([outcome])
    },
  }
}
