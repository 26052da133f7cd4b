/**
 * Makes every deadline of the gateway. `AbortSignal.timeout` and `AbortSignal.any` are used nowhere
 * else: on Node 20 a combined signal is lost with the next garbage collection, on every Node so is a
 * signal inside a `Request`, and a timer of more than 31 bits ends at once.
 */

const maxTimerMs = 2 ** 31 - 1

/**
 * Returns a delay as a timer can keep it: whole milliseconds, at most 24.8 days. What is no number
 * ends at once.
 */
export function timerMs(ms: number): number {
  return Math.max(0, Math.min(Math.ceil(ms) || 0, maxTimerMs))
}

function timeoutError(): DOMException {
  return new DOMException('The deadline has passed', 'TimeoutError')
}

/** Rejects with the reason of a signal once that is aborted; `forget` stops listening. */
function whenAborted(signal: AbortSignal) {
  let forget = () => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    forget = () => signal.removeEventListener('abort', abort)
    if (signal.aborted) abort()
  })
  return { aborted, forget }
}

/**
 * Does work that must be done within `timeoutMs`. At the deadline `controller` is aborted, whose
 * signal the work gets; whether or not the work obeys, the result is a `TimeoutError`. Afterwards the
 * controller is left alone, so that a connection may live on after its head has come in time.
 * @param controller may be aborted by others too, which ends the wait with their reason
 */
export async function withDeadline<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  controller = new AbortController(),
): Promise<T> {
  const { signal } = controller
  const { aborted, forget } = whenAborted(signal)
  // The timer holds the controller, so that no garbage collection takes the deadline away.
  const timer = setTimeout(() => controller.abort(timeoutError()), timerMs(timeoutMs))
  try {
    return await Promise.race([work(signal), aborted])
  } finally {
    clearTimeout(timer)
    forget()
  }
}

/**
 * Returns a signal that is aborted after `timeoutMs`, for a library that takes nothing but a signal.
 * Its timer runs to the end: `withDeadline` is better where the end of the work can be seen.
 */
export function expiringSignal(timeoutMs: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(timeoutError()), timerMs(timeoutMs)).unref()
  return controller.signal
}
