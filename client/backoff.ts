import type { ProblemMembers } from './problem.js'

const longestMs = 30_000

/**
 * Milliseconds until it is tried again: when the server said so, else 1 s, 2 s, 4 s … 30 s, each
 * shortened by chance so that visitors do not come back as a crowd.
 */
export function pauseAfter({ retryAfterMs }: ProblemMembers, failures: number): number {
  return retryAfterMs ?? Math.min(longestMs, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
}
