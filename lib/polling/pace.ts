/** When to ask next: soon while something is going on, slower as the conversation goes quiet. Pure. */
import type { Role } from '../contract/messages.js'

type PaceInput = {
  /** Milliseconds since the newest entry, by Salesforce's clock alone; null when there is none. */
  quietMs: number | null
  lastSpeaker: Role | null
  hasMore: boolean
  ended: boolean
  /** Calls left in the poll limit, and milliseconds until the limit is whole again. */
  remaining: number
  resetMs: number
}

const second = 1000
const minute = 60 * second

function idlePauseMs(quietMs: number, awaitsReply: boolean): number {
  if (quietMs < 30 * second) return second
  if (awaitsReply && quietMs < 2 * minute) return second
  if (quietMs < 2 * minute) return 2 * second
  if (quietMs < 10 * minute) return 4 * second
  return 10 * second
}

/**
 * Milliseconds until the next poll: 0 when more is waiting, null when the conversation has ended
 * and all was given. Near the limit the pace slows so that it never has to refuse.
 */
export function pollAfterMs(input: PaceInput): number | null {
  if (input.ended && !input.hasMore) return null
  const resetMs = Math.max(0, input.resetMs)
  const spread = input.remaining > 0 ? Math.ceil(resetMs / input.remaining) : resetMs
  if (input.hasMore) return input.remaining > 10 ? 0 : spread
  const wanted = idlePauseMs(Math.max(0, input.quietMs ?? 0), input.lastSpeaker === 'EndUser')
  return Math.max(wanted, spread)
}
