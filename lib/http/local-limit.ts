/** A limit that a process counts by itself, for what must be answered when the store is not. */
import { type LimitName, type LimitSize, throwIfRefused, windowSecondsOf } from '../limits.js'
import { noteLimit } from '../request.js'

/** Callers that are counted apart; more of them begin a new window. */
const maxCallers = 10_000

export type LocalLimit = ReturnType<typeof createLocalLimit>

/** Counts in fixed windows that all callers share. */
export function createLocalLimit(name: LimitName, [limit, window]: LimitSize) {
  const windowSeconds = windowSecondsOf(window)
  const counts = new Map<string, number>()
  let endsAt = 0

  function startWindowIfDue(now: number): void {
    if (now < endsAt && counts.size < maxCallers) return
    counts.clear()
    endsAt = now + windowSeconds * 1000
  }

  return {
    /** Counts a call; throws `rate_limited` when its caller has made too many. */
    check(caller: string): void {
      const now = Date.now()
      startWindowIfDue(now)
      const count = (counts.get(caller) ?? 0) + 1
      counts.set(caller, count)
      const allowed = count <= limit
      const [remaining, resetMs] = [Math.max(0, limit - count), endsAt - now]
      const outcome = { name, allowed, limit, remaining, windowSeconds, resetMs }
      noteLimit(outcome)
      throwIfRefused([outcome])
    },
  }
}
