/** The reading loop of one conversation. The server sets the pace; this keeps it, come what may. */
import { pauseAfter } from './backoff.js'
import { type ChatProblem, problemFrom } from './problem.js'
import type { PollReply } from './wire.js'

type Options = {
  /** Before each read; what it throws is a read that failed. */
  prepare(signal: AbortSignal): Promise<void>
  read(cursor: string | undefined, signal: AbortSignal): Promise<PollReply>
  isHidden(): boolean
  onPage(page: PollReply, cursor: string | undefined): void
  /** It goes on after `retryable` ones. */
  onProblem(problem: ChatProblem): void
}

export type Reader = ReturnType<typeof createReader>

const hiddenPaceMs = 20_000
const soonMs = 400

export function createReader({ prepare, read, isHidden, onPage, onProblem }: Options) {
  let cursor: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let flight: AbortController | undefined
  let isRunning = false
  let isHurried = false
  /** The server named a time before which nobody comes back. */
  let isHeld = false
  let failures = 0

  function schedule(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(turn, delayMs)
  }

  async function turn(): Promise<void> {
    const own = new AbortController()
    flight = own
    isHurried = false
    isHeld = false
    const nextMs = await ask(own)
    if (flight !== own) return
    flight = undefined
    if (nextMs === null) stop()
    else schedule(isHurried ? Math.min(nextMs, soonMs) : nextMs)
  }

  /** Reads once. Resolves to the milliseconds until the next read; null when there is none. */
  async function ask(own: AbortController): Promise<number | null> {
    try {
      await prepare(own.signal)
      const asked = cursor
      const page = await read(asked, own.signal)
      if (flight !== own) return null
      failures = 0
      cursor = page.cursor ?? asked
      onPage(page, asked)
      if (page.hasMore || page.pollAfterMs === null) return page.hasMore ? 0 : null
      return isHidden() ? Math.max(page.pollAfterMs, hiddenPaceMs) : page.pollAfterMs
    } catch (error) {
      if (flight !== own) return null
      return own.signal.aborted ? 0 : judge(problemFrom(error))
    }
  }

  function judge(problem: ChatProblem): number | null {
    if (problem.code === 'cursor_invalid' && cursor !== undefined) {
      cursor = undefined
      return 0
    }
    onProblem(problem)
    if (!problem.retryable) return null
    failures += 1
    isHeld = !!problem.retryAfterMs
    return pauseAfter(problem, failures)
  }

  function stop(): void {
    isRunning = false
    clearTimeout(timer)
    flight?.abort()
    flight = undefined
  }

  return {
    stop,
    /** Reads from now on, from where it is. */
    start(): void {
      stop()
      isRunning = true
      isHeld = false
      failures = 0
      schedule(0)
    },
    cursor: () => cursor,
    /** What somebody else has read for it. */
    advance(to: string | undefined): void {
      cursor = to
    },
    /** Something is about to come. */
    soon(): void {
      if (!isRunning || isHeld || isHurried) return
      isHurried = true
      if (!flight) schedule(soonMs)
    },
    /** Reads now; `afresh` gives up the read on its way, whose connection may be dead. */
    now(afresh = false): void {
      if (!isRunning || isHeld) return
      if (!flight) schedule(0)
      else if (afresh) flight.abort()
    },
  }
}
