import type { Environment } from './environment.js'

const beatMs = 5000
const lateMs = 15_000

/**
 * Tells when the page is shown, hidden, or its network changes, and when the device has slept: a clock
 * that has gone further than the beats means that connections are dead, however young they look.
 * What it returns stops it.
 */
export function watchWakes(environment: Environment, onWake: () => void): () => void {
  let last = Date.now()
  const beat = setInterval(() => {
    const now = Date.now()
    if (Math.abs(now - last) > lateMs) onWake()
    last = now
  }, beatMs)
  const unwatch = environment.watch(onWake)
  return () => {
    clearInterval(beat)
    unwatch()
  }
}
