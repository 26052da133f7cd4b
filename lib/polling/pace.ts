/**
 * Sets the pause until the next look into Salesforce's list: short while something is going on,
 * longer as the conversation goes quiet (contract, "Within Salesforce's limits"). Pure.
 */
import type { Role } from '../contract/messages.js'

type Quiet = {
  /**
   * Holds the milliseconds since the newest entry, by Salesforce's clock alone; null when there is
   * none.
   */
  quietMs: number | null
  lastSpeaker: Role | null
  /** The visitor waits in a queue. */
  isQueued: boolean
}

type PaceInput = Quiet & {
  hasMore: boolean
  ended: boolean
  /** Calls left in the poll limit, and milliseconds until the limit is whole again. */
  remaining: number
  resetMs: number
  /** Holds the milliseconds until the budget of looks allows the next one. */
  lookWaitMs: number
  /** The next poll is to wait, and Salesforce's event stream tells it when to look. */
  hasEvents: boolean
}

const second = 1000
const minute = 60 * second
/** From here on a conversation counts as asleep. */
const asleepMs = 10 * minute

/**
 * Sets the seconds that a poll should wait where events are on, and the pause between such polls.
 */
export const eventWaitSeconds = 25
const asleepPauseMs = 15 * second

/** Returns the milliseconds between two looks into the list where no event tells of news. */
export function lookIntervalMs({ quietMs, lastSpeaker, isQueued }: Quiet): number {
  const quiet = Math.max(0, quietMs ?? 0)
  if (quiet < 30 * second) return 3 * second
  if (isQueued) return 5 * second
  if (lastSpeaker === 'EndUser' && quiet < 2 * minute) return 3 * second
  if (quiet < 2 * minute) return 5 * second
  if (quiet < asleepMs) return 10 * second
  return 15 * second
}

function wantedPauseMs(input: PaceInput): number {
  if (!input.hasEvents) return Math.max(lookIntervalMs(input), input.lookWaitMs)
  return (input.quietMs ?? 0) < asleepMs ? 0 : asleepPauseMs
}

/**
 * Returns the milliseconds until the next poll: 0 when more is waiting, null when the conversation
 * has ended and all was given. Near the limits the pace slows so that they never have to refuse.
 */
export function pollAfterMs(input: PaceInput): number | null {
  if (input.ended && !input.hasMore) return null
  const resetMs = Math.max(0, input.resetMs)
  const spread = input.remaining > 0 ? Math.ceil(resetMs / input.remaining) : resetMs
  if (input.hasMore) return Math.max(input.remaining > 10 ? 0 : spread, input.lookWaitMs)
  const isNear = input.remaining <= 10
  const wanted = wantedPauseMs(input)
  return input.hasEvents && !isNear ? wanted : Math.max(wanted, spread)
}
