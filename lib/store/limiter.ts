/** Who may do what how often. When Redis does not answer, a call is refused, never let through. */
import { Ratelimit } from '@upstash/ratelimit'
import type { Redis } from '@upstash/redis'
import { type LimitName, type LimitSize, type Limits, windowSecondsOf } from '../limits.js'
import { GatewayError } from '../problem.js'
import { type LimitOutcome, noteLimit } from '../request.js'
import { admitTogether } from './governor.js'
import type { Keys } from './keys.js'
import { fromStore } from './redis.js'

/** One counter to count on. */
export type Count = { limit: LimitName; of: string }

/** So many token requests a minute are kept for renewals of running conversations (contract, "Limits"). */
const keptForRenewals = 40

const windowSeconds = ([, window]: LimitSize) => windowSecondsOf(window)

type Counter = { name: LimitName; size: LimitSize; ratelimit: Ratelimit }

type Options = { redis: Redis; keys: Keys; limits: Limits }

export type Limiter = ReturnType<typeof createLimiter>

export function createLimiter({ redis, keys, limits }: Options) {
  const counters = new Map<string, Counter>()

  /** Polls are many and may be counted coarsely and cheaply; the others slide. */
  function createCounter(key: string, name: LimitName, size: LimitSize): Counter {
    const window = `${windowSeconds(size) * 1000} ms` as const
    const limiter =
      name === 'poll'
        ? Ratelimit.fixedWindow(size[0], window)
        : Ratelimit.slidingWindow(size[0], window)
    const prefix = keys.limit(key)
    return { name, size, ratelimit: new Ratelimit({ redis, limiter, prefix, timeout: 0 }) }
  }

  function counterOf(key: string, name: LimitName, size: LimitSize): Counter {
    const counter = counters.get(key) ?? createCounter(key, name, size)
    counters.set(key, counter)
    return counter
  }

  async function count({ name, size, ratelimit }: Counter, of: string): Promise<LimitOutcome> {
    const result = await fromStore(ratelimit.limit(of))
    return {
      name,
      allowed: result.success,
      limit: size[0],
      remaining: Math.max(0, result.remaining),
      windowSeconds: windowSeconds(size),
      resetMs: Math.max(0, result.reset - Date.now()),
    }
  }

  function refuse(outcomes: readonly LimitOutcome[]): void {
    const refused = outcomes.filter(({ allowed }) => !allowed)
    const [worst] = refused.sort((a, b) => b.resetMs - a.resetMs)
    if (!worst) return
    throw new GatewayError('rate_limited', {
      detail: `At most ${worst.limit} of "${worst.name}" in ${worst.windowSeconds} seconds.`,
      retryAfterMs: Math.max(1, worst.resetMs),
    })
  }

  return {
    /** Counts a call on all its counters in one request; throws `rate_limited` when one is full. */
    async check(counts: readonly Count[]): Promise<readonly LimitOutcome[]> {
      const outcomes = await Promise.all(
        counts.map(({ limit, of }) => count(counterOf(limit, limit, limits[limit]), of)),
      )
      outcomes.forEach(noteLimit)
      refuse(outcomes)
      return outcomes
    },

    /**
     * Counts a request for a Salesforce token, over the whole organisation. New conversations may not
     * use what is kept for renewals. What is left is the organisation's business: callers are told only
     * of a refusal.
     */
    async checkToken(organisation: string, purpose: 'start' | 'renewal'): Promise<void> {
      const [most] = limits.tokens
      const seconds = windowSeconds(limits.tokens)
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
      refuse([outcome])
    },
  }
}
