/** Repeats a turn at the pace that it asks for, with growing pauses after failures. */
import { type ChatProblem, problemFrom } from './problem.js'

/**
 * Does one turn. Resolves to the milliseconds until the next one, or to null when there is none for
 * now. When `life` is aborted, another turn has taken its place.
 */
type Turn = (life: AbortController) => Promise<number | null>

/**
 * Returns the milliseconds until the next turn after so many failures in a row; 0 also resets the
 * count. Undefined leaves it to the loop: it waits for `pauseMs`, or stops after a problem that is
 * not `retryable`.
 */
type OnFailure = (problem: ChatProblem, failures: number, pauseMs: number) => number | undefined

const maxPauseMs = 30_000
/** Bounds a delay, in milliseconds: timers take longer ones for none. */
const maxTimerMs = 2 ** 31 - 1

/** Creates a loop that waits until it is started. */
export function createLoop(turn: Turn, onFailure: OnFailure) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let soonTimer: typeof timer
  /** Identifies the turn under way. The result of any other turn is dropped. */
  let current: AbortController | undefined
  /**
   * Tells whether the loop is stopped, or waits until a time that the server named. Then only the
   * timer and `start` begin a turn.
   */
  let isPaused = false
  let failures = 0

  function schedule(delayMs: number): void {
    current?.abort()
    current = undefined
    clearTimeout(timer)
    timer = setTimeout(run, Math.min(delayMs, maxTimerMs))
  }

  /**
   * Returns 1 s, 2 s, 4 s … 30 s in milliseconds, each shortened at random by up to half so that
   * visitors do not return all at once. A `retryAfterMs` of the server has precedence.
   */
  const pauseAfter = ({ retryAfterMs }: ChatProblem) =>
    retryAfterMs ?? Math.min(maxPauseMs, 1000 * 2 ** failures) * (0.5 + Math.random() / 2)

  async function run(): Promise<void> {
    const controller = new AbortController()
    current = controller
    isPaused = false
    let nextMs: number | null | undefined
    try {
      nextMs = await turn(controller)
      failures = 0
    } catch (error) {
      if (current !== controller) return
      const problem = problemFrom(error)
      const pauseMs = pauseAfter(problem)
      nextMs = onFailure(problem, failures + 1, pauseMs)
      if (nextMs === 0) failures = 0
      if (nextMs === undefined && problem.retryable) {
        failures += 1
        isPaused = !!problem.retryAfterMs
        nextMs = pauseMs
      }
    }
    if (current !== controller) return
    current = undefined
    if (typeof nextMs === 'number') schedule(nextMs)
  }

  return {
    /** Begins a turn at once, and continues from then on. */
    start(): void {
      isPaused = false
      schedule(0)
    },
    /** Begins no turn until `start`, and drops the one under way. */
    stop(): void {
      isPaused = true
      schedule(0)
      clearTimeout(timer)
      clearTimeout(soonTimer)
    },
    /**
     * Begins a turn after a delay, if the next one would begin later. A turn that is under way by
     * then is kept, unless it began before this call and `isWaiting`: it may have looked too early.
     */
    soon(delayMs: number, isWaiting?: () => boolean): void {
      const earlier = current
      clearTimeout(soonTimer)
      soonTimer = setTimeout(() => {
        if (!isPaused && (!current || (current === earlier && isWaiting?.()))) schedule(0)
      }, delayMs)
    },
    /** Begins a turn at once. It replaces one under way, whose connection may be dead. */
    now(): void {
      if (!isPaused) schedule(0)
    },
  }
}
