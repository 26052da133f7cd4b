/**
 * Counts calls against limits. When Redis does not answer, a call is refused, never let through. A
 * call that a limit refuses is counted by none, and a caller who is known to be refused costs no
 * request to Redis.
 */
import type { Redis } from '@upstash/redis'
import {
  type Count,
  type LimitOutcome,
  type LimitSize,
  type Limits,
  throwIfRefused,
  windowMsOf,
} from '../limits.js'
import { GatewayError } from '../problem.js'
import { noteLimit } from '../request.js'
import { createBlockList } from './block-list.js'
import type { Keys } from './keys.js'
import { countCall, type LogState, noStep, type SlidingLog, type Step } from './sliding-log.js'

/**
 * Sets the token requests per window, a minute by default, that are reserved for renewals of
 * running conversations (contract, "Limits").
 */
const reservedForRenewals = 40

/**
 * Describes a log, and the name of its limit. Callers see a discreet one only when it refuses them.
 */
type Counter = SlidingLog & { name: string; isDiscreet?: boolean }

/**
 * Describes the purpose of a token request. A first one for a start counts on the start's visitor
 * as well. `network`: the /48 of the caller's IPv6 address.
 */
export type TokenPurpose =
  | { kind: 'renewal' }
  | { kind: 'start'; visitorId: string; network: string | null }
  | { kind: 'repeated start'; network: string | null }

type Options = { redis: Redis; keys: Keys; limits: Limits; organisation: string }

/**
 * Describes the state of the limits that counted a call, and the reply of the step that was taken
 * with it.
 */
type Admission<R> = { outcomes: readonly LimitOutcome[]; reply: R }

export type Limiter = ReturnType<typeof createLimiter>

function outcomeOf(
  { name, max, windowMs }: Counter,
  { calls, nextMs, wholeMs }: LogState,
  isAdmitted: boolean,
): LimitOutcome {
  const allowed = isAdmitted || calls < max
  const remaining = Math.max(0, max - calls)
  const resetMs = remaining > 0 ? wholeMs : Math.max(1, nextMs)
  return { name, allowed, limit: max, remaining, windowSeconds: windowMs / 1000, resetMs }
}

/** Creates the limiter of all limits. `organisation`: the holder of the token requests. */
export function createLimiter({ redis, keys, limits, organisation }: Options) {
  const blocked = createBlockList()

  function counterOf({ limit, holder, what, group }: Count): Counter {
    const size: LimitSize = limits[limit]
    return {
      key: keys.limit(limit, holder, what),
      name: `${limit}${group?.suffix ?? ''}`,
      max: size[0] * (group?.times ?? 1),
      windowMs: windowMsOf(size),
    }
  }

  /** @throws {GatewayError} rate_limited when a counter is known to be full */
  function refuseBlocked(counters: readonly Counter[]): void {
    const refused = counters.flatMap(({ key }) => blocked.find(key) ?? [])
    refused.forEach(noteLimit)
    throwIfRefused(refused)
  }

  /**
   * Counts a call on all its counters, or on none when one of them is full.
   * @throws {GatewayError} rate_limited
   */
  async function admit<R>(counters: readonly Counter[], step: Step<R>): Promise<Admission<R>> {
    refuseBlocked(counters)
    const counted = await countCall(redis, counters, step)
    const outcomes = counters.flatMap((counter, index) => {
      const state = counted.states[index]
      if (!state) return []
      const outcome = outcomeOf(counter, state, counted.isAdmitted)
      if (!outcome.allowed) blocked.add(counter.key, outcome)
      if (!outcome.allowed || !counter.isDiscreet) noteLimit(outcome)
      return [outcome]
    })
    if (counted.isAdmitted) return { outcomes, reply: counted.reply }
    throwIfRefused(outcomes)
    throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
  }

  /**
   * Returns the counters of the organisation's token requests. New conversations have a share of
   * them, and those of one /48 have half of that share.
   */
  function tokenCounters(purpose: TokenPurpose): Counter[] {
    const [max] = limits.tokens
    const windowMs = windowMsOf(limits.tokens)
    const startMax = Math.max(1, max - Math.min(reservedForRenewals, Math.floor(max / 4)))
    const counter = (what: string, most: number, suffix = ''): Counter => {
      const key = keys.tokens(organisation, what)
      return { key, name: `tokens${suffix}`, max: most, windowMs, isDiscreet: true }
    }
    const all = counter('total', max)
    if (purpose.kind === 'renewal') return [all]
    const networkMax = Math.max(1, Math.floor(startMax / 2))
    const network = purpose.network === null ? [] : [counter(purpose.network, networkMax, '/48')]
    return [counter('starts', startMax), all, ...network]
  }

  /** The start's own limit lies beside the token requests, so that one script counts both. */
  function startCounter(visitorId: string): Counter {
    return counterOf({ limit: 'start', holder: organisation, what: visitorId })
  }

  function tokenRequestCounters(purpose: TokenPurpose): Counter[] {
    const start = purpose.kind === 'start' ? [startCounter(purpose.visitorId)] : []
    return [...start, ...tokenCounters(purpose)]
  }

  return {
    /**
     * Refuses a caller who is known to be refused, without a request to Redis.
     * @throws {GatewayError} rate_limited
     */
    refuseKnown: (counts: readonly Count[]): void => refuseBlocked(counts.map(counterOf)),

    /**
     * Counts a call, in one request to Redis with everything else of its tick.
     * @throws {GatewayError} rate_limited when a limit is full; then none has counted the call
     */
    async check(counts: readonly Count[]): Promise<void> {
      await admit(counts.map(counterOf), noStep)
    },

    /**
     * Counts a call, and reads what it needs in the same request to Redis. A caller who is known to
     * be refused is refused before anything is read. `step` is taken by the script that counts.
     * @throws {GatewayError} rate_limited
     */
    async checkAndRead<T, R>(
      counts: readonly Count[],
      read: () => Promise<T>,
      step: Step<R>,
    ): Promise<Admission<R> & { found: T }> {
      const counters = counts.map(counterOf)
      refuseBlocked(counters)
      const [found, admission] = await Promise.all([read(), admit(counters, step)])
      return { found, ...admission }
    },

    /**
     * Counts a call, and does work in the same request to Redis, whether the call is allowed or not:
     * what was done for a call that turns out to be refused is taken back. A caller who is known to be
     * refused is refused before anything is done.
     * @throws {GatewayError} rate_limited
     */
    async checkAlong<T>(
      counts: readonly Count[],
      work: () => Promise<T>,
      takeBack: (done: T) => Promise<unknown>,
    ): Promise<T> {
      const counters = counts.map(counterOf)
      refuseBlocked(counters)
      const [admission, done] = await Promise.allSettled([admit(counters, noStep), work()])
      if (admission.status === 'rejected') {
        // When that fails as well, lifetimes end it: the answer stays the refusal.
        if (done.status === 'fulfilled') await takeBack(done.value).catch(() => undefined)
        throw admission.reason
      }
      if (done.status === 'rejected') throw done.reason
      return done.value
    },

    /**
     * Counts the creation of a conversation for which no token is requested.
     * @throws {GatewayError} rate_limited
     */
    async checkStart(visitorId: string): Promise<void> {
      await admit([startCounter(visitorId)], noStep)
    },

    /**
     * Counts a request for a Salesforce token, over the whole organisation.
     * @throws {GatewayError} rate_limited
     */
    async checkTokenRequest(purpose: TokenPurpose): Promise<void> {
      await admit(tokenRequestCounters(purpose), noStep)
    },

    /** Tells that a token request is known to be refused. */
    isKnownTokenRefusal: (purpose: TokenPurpose): boolean =>
      tokenRequestCounters(purpose).some(({ key }) => blocked.find(key) !== null),

    /**
     * Refuses a token request that is known to be refused, without a request to Redis.
     * @throws {GatewayError} rate_limited
     */
    refuseKnownTokenRequest(purpose: TokenPurpose): void {
      refuseBlocked(tokenRequestCounters(purpose))
    },
  }
}
