/** The reading loop of one conversation. The server sets the pace; this keeps it, come what may. */

const soonMs = 400
const hiddenPaceMs = 20_000
const longestBackoffMs = 30_000

/** 1 s, 2 s, 4 s … 30 s, each shortened by chance so that visitors do not come back as a crowd. */
const backoffMs = (failures) =>
  Math.min(longestBackoffMs, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2)

/**
 * Reads until the conversation has ended and all was given, or until it cannot go on.
 *
 * @param read `(cursor, signal) => page`, rejecting with a `Problem`
 * @param onPage `(page, { newest })`; `newest` when the page was asked for without a cursor
 * @param onTrouble a read failed and will be repeated
 * @param onStop a read was refused for good
 */
export function createPoller({ read, onPage, onTrouble, onStop }) {
  const life = new AbortController()
  const alive = { signal: life.signal }
  let cursor
  let timer
  let flight
  let hurryMs = Number.POSITIVE_INFINITY
  let failures = 0
  let notBefore = 0

  function schedule(delayMs) {
    clearTimeout(timer)
    timer = setTimeout(turn, Math.max(delayMs, notBefore - Date.now()))
  }

  async function turn() {
    flight = new AbortController()
    const nextMs = await ask(flight.signal)
    flight = undefined
    if (nextMs === null) return stop()
    schedule(Math.min(nextMs, hurryMs))
    hurryMs = Number.POSITIVE_INFINITY
  }

  /** Reads once; resolves to the milliseconds until the next read, or null when it was the last. */
  async function ask(signal) {
    try {
      const page = await read(cursor, signal)
      if (life.signal.aborted) return null
      onPage(page, { newest: cursor === undefined })
      cursor = page.cursor
      failures = 0
      if (page.hasMore || page.pollAfterMs === null) return page.hasMore ? 0 : null
      return document.hidden ? Math.max(page.pollAfterMs, hiddenPaceMs) : page.pollAfterMs
    } catch (problem) {
      if (life.signal.aborted) return null
      return signal.aborted ? 0 : judge(problem)
    }
  }

  function judge(problem) {
    if (problem.code === 'cursor_invalid' && cursor) {
      cursor = undefined
      return 0
    }
    if (!problem.retryable) {
      onStop(problem)
      return null
    }
    failures += 1
    notBefore = problem.retryAfterMs ? Date.now() + problem.retryAfterMs : 0
    onTrouble(problem)
    return problem.retryAfterMs ?? backoffMs(failures)
  }

  function hurry(delayMs) {
    if (life.signal.aborted) return
    if (flight) hurryMs = Math.min(hurryMs, delayMs)
    else schedule(delayMs)
  }

  function stop() {
    life.abort()
    clearTimeout(timer)
    flight?.abort()
  }

  function whenOnline() {
    hurry(0)
    flight?.abort()
  }

  document.addEventListener('visibilitychange', () => document.hidden || hurry(0), alive)
  addEventListener('online', whenOnline, alive)
  schedule(0)

  return { soon: () => hurry(soonMs), stop }
}
