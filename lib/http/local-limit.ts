/** A limit that a process counts by itself, for what must be answered when the store is not. */
import {
  type AddressGroup,
  type LimitName,
  type LimitOutcome,
  type LimitSize,
  throwIfRefused,
  windowMsOf,
} from '../limits.js'
import { noteLimit } from '../request.js'

/** Limits the callers that are counted apart; more of them begin a new window. */
const maxCallers = 10_000

export type LocalLimit = ReturnType<typeof createLocalLimit>

/** Counts in fixed windows that all callers share. */
export function createLocalLimit(name: LimitName, size: LimitSize) {
  const [max] = size
  const windowMs = windowMsOf(size)
  const counts = new Map<string, number>()
  let endsAt = 0

  function startWindowIfDue(now: number): void {
    if (now < endsAt && counts.size < maxCallers) return
    counts.clear()
    endsAt = now + windowMs
  }

  function outcomesOf(groups: readonly AddressGroup[], calls: 0 | 1): LimitOutcome[] {
    const now = Date.now()
    startWindowIfDue(now)
    return groups.map(({ key, suffix, times }) => {
      const count = counts.get(key) ?? 0
      const limit = max * times
      return {
        name: `${name}${suffix}`,
        allowed: count < limit,
        limit,
        remaining: Math.max(0, limit - count - calls),
        windowSeconds: windowMs / 1000,
        resetMs: endsAt - now,
      }
    })
  }

  function add(groups: readonly AddressGroup[]): void {
    startWindowIfDue(Date.now())
    for (const { key } of groups) counts.set(key, (counts.get(key) ?? 0) + 1)
  }

  return {
    /**
     * Counts a call, unless a group of its caller has made too many.
     * @throws {GatewayError} rate_limited
     */
    check(groups: readonly AddressGroup[]): void {
      const outcomes = outcomesOf(groups, 1)
      outcomes.forEach(noteLimit)
      throwIfRefused(outcomes)
      add(groups)
    },

    /** Counts a call that was refused for another reason. */
    count: add,

    /**
     * Checks the limit without counting a call.
     * @throws {GatewayError} rate_limited when no call of this caller is left
     */
    throwIfFull(groups: readonly AddressGroup[]): void {
      const refused = outcomesOf(groups, 0).filter(({ allowed }) => !allowed)
      refused.forEach(noteLimit)
      throwIfRefused(refused)
    },
  }
}
