/** The reading loop of one conversation. The server sets the pace; this keeps it, come what may. */
import { pauseAfter } from './backoff.js'
import { type ChatProblem, problemFrom } from './problem.js'
import type { PollReply } from './wire.js'

type Options = {
  /** Before each read; what it throws is a read that failed. */
  prepare(life: AbortController): Promise<void>
  read(cursor: string | undefined, life: AbortController): Promise<PollReply>
  isHidden(): boolean
  onPage(page: PollReply, cursor: string | undefined): void
  /** It goes on after `retryable` ones. */
  onProblem(problem: ChatProblem): void
}

const hiddenPaceMs = 20_000
const soonMs = 400

export function createReader({ prepare, read, isHidden, onPage, onProblem }: Options) {
  let cursor: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /** The read on its way; one that is not this one any more comes to nothing. */
  let flight: AbortController | undefined
  let isRunning = false
  /** The server named a time before which nobody comes back. */
  let isHeld = false
  let failures = 0

  function schedule(delayMs: number): void {
    flight?.abort()
    flight = undefined
    clearTimeout(timer)
    timer = setTimeout(turn, delayMs)
  }

  function stop(): void {
    isRunning = false
    schedule(0)
    clearTimeout(timer)
  }

  async function turn(): Promise<void> {
    const own = new AbortController()
    flight = own
    isHeld = false
    let nextMs: number | null
    try {
      await prepare(own)
      if (flight !== own) return
      const asked = cursor
      const page = await read(asked, own)
      if (flight !== own) return
      failures = 0
      cursor = page.cursor ?? asked
      onPage(page, asked)
      nextMs = page.hasMore ? 0 : page.pollAfterMs
      if (nextMs && isHidden()) nextMs = Math.max(nextMs, hiddenPaceMs)
    } catch (error) {
      if (flight !== own) return
      nextMs = judge(problemFrom(error))
    }
    if (flight !== own) return
    if (nextMs === null) stop()
    else schedule(nextMs)
  }

  /** Milliseconds until the next read; null when there is none. */
  function judge(problem: ChatProblem): number | null {
    if (problem.code === 'cursor_invalid' && cursor) {
      cursor = undefined
      return 0
    }
    onProblem(problem)
    if (!problem.retryable) return null
    failures += 1
    isHeld = !!problem.retryAfterMs
    return pauseAfter(problem, failures)
  }

  return {
    stop,
    /** Reads from now on, from where it is. */
    start(): void {
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
      if (isRunning && !isHeld && !flight) schedule(soonMs)
    },
    /** Reads now; `afresh` gives up the read on its way, whose connection may be dead. */
    now(afresh = false): void {
      if (isRunning && !isHeld && (afresh || !flight)) schedule(0)
    },
  }
}
