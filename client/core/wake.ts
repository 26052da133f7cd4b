import type { Environment, PageChange } from './environment.js'

const heartbeatMs = 5000
const sleepThresholdMs = 15_000

/**
 * Calls back when the page is shown, hidden, left, or its network changes, and when the device has
 * slept. A clock that moved by more than 15 seconds between two heartbeats means that connections
 * are dead, however young they look. Returns a function that stops it.
 */
export function watchWakes(
  environment: Environment,
  onWake: (change?: PageChange) => void,
): () => void {
  let last = Date.now()
  const heartbeat = setInterval(() => {
    const now = Date.now()
    if (Math.abs(now - last) > sleepThresholdMs) onWake()
    last = now
  }, heartbeatMs)
  const unwatch = environment.watch(onWake)
  return () => {
    clearInterval(heartbeat)
    unwatch()
  }
}
