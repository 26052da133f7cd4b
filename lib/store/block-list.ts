/** Remembers, in this process, which counters are full: their callers are refused at once. */
import type { LimitOutcome } from '../limits.js'

/** Limits the counters that are remembered. More of them drop the ones that were refused first. */
const maxCounters = 10_000

type Refusal = { outcome: LimitOutcome; releasedAt: number }

export type BlockList = ReturnType<typeof createBlockList>

export function createBlockList() {
  const refusals = new Map<string, Refusal>()

  return {
    /** Remembers a refusal until the moment at which the next call passes. */
    add(counter: string, outcome: LimitOutcome): void {
      refusals.delete(counter)
      const [oldest] = refusals.keys()
      if (oldest !== undefined && refusals.size >= maxCounters) refusals.delete(oldest)
      refusals.set(counter, { outcome, releasedAt: Date.now() + outcome.resetMs })
    },

    /**
     * Finds what a call would be told; null when it may pass. A refusal that seems to last longer
     * than it did at first is dropped: the clock of this process was set back.
     */
    find(counter: string): LimitOutcome | null {
      const refusal = refusals.get(counter)
      if (!refusal) return null
      const resetMs = refusal.releasedAt - Date.now()
      if (resetMs > 0 && resetMs <= refusal.outcome.resetMs) return { ...refusal.outcome, resetMs }
      refusals.delete(counter)
      return null
    },
  }
}
