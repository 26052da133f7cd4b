/** Does something again and again, at the pace it asks for; after a failure later and later. */
import { type ChatProblem, problemFrom } from './problem.js'

/**
 * One turn. Resolves to the milliseconds until the next, or to null when there is none for now. When
 * `life` is aborted, another has taken its place.
 */
type Turn = (life: AbortController) => Promise<number | null>

/**
 * Milliseconds until it goes on after so many failures in a row, 0 to begin to count anew. Undefined: as
 * usual, which is never after one that is not `retryable`.
 */
type OnFailure = (problem: ChatProblem, failures: number) => number | undefined

const maxPauseMs = 30_000

/** A loop that stands still until it is told; what is `soon` comes after `soonMs`. */
export function createLoop(turn: Turn, onFailure: OnFailure, soonDelayMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The turn under way; one that is not this one any more comes to nothing. */
  let current: AbortController | undefined
  /** Stopped, or before a time that the server named: nobody but the timer and `start` begins a turn. */
  let isPaused = false
  let failures = 0

  function schedule(delayMs: number): void {
    current?.abort()
    current = undefined
    clearTimeout(timer)
    timer = setTimeout(run, delayMs)
  }

  /** 1 s, 2 s, 4 s … 30 s, each shortened by chance so that visitors do not come back as a crowd. */
  function pauseAfter({ retryAfterMs }: ChatProblem): number {
    failures += 1
    isPaused = !!retryAfterMs
    return retryAfterMs ?? Math.min(maxPauseMs, 500 * 2 ** failures) * (0.5 + Math.random() / 2)
  }

  async function run(): Promise<void> {
    const own = new AbortController()
    current = own
    isPaused = false
    let nextMs: number | null | undefined
    try {
      nextMs = await turn(own)
      failures = 0
    } catch (error) {
      if (current !== own) return
      const problem = problemFrom(error)
      nextMs = onFailure(problem, failures + 1)
      if (nextMs === 0) failures = 0
      nextMs ??= problem.retryable ? pauseAfter(problem) : null
    }
    if (current !== own) return
    current = undefined
    if (nextMs !== null) schedule(nextMs)
  }

  return {
    /** From now on, and at once. */
    start(): void {
      isPaused = false
      schedule(0)
    },
    stop(): void {
      isPaused = true
      schedule(0)
      clearTimeout(timer)
    },
    /** A moment from now; a turn under way knows itself when the next is due. */
    soon(): void {
      if (!isPaused && !current) schedule(soonDelayMs)
    },
    /** At once, past a turn under way, whose connection may be dead. */
    now(): void {
      if (!isPaused) schedule(0)
    },
  }
}
