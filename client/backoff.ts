import type { Pause } from './pause.js'
import type { ProblemMembers } from './problem.js'

const longestMs = 30_000

/** 1 s, 2 s, 4 s … 30 s, each shortened by chance so that visitors do not come back as a crowd. */
function backoffMs(failures: number): number {
  return Math.min(longestMs, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)
}

/** When to come back after so many failures: when the server said so, else later and later. */
export function pauseAfter({ retryAfterMs }: ProblemMembers, failures: number): Pause {
  return { ms: retryAfterMs ?? backoffMs(failures), isHeld: retryAfterMs !== undefined }
}
