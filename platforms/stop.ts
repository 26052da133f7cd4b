import type { Listening } from './serve.js'

/** How long answers on their way may take after the first signal, in milliseconds. */
export const graceMs = 10_000

/** Ctrl-C under npm arrives twice, once from the terminal and once from npm: not a second wish. */
const sameWishMs = 500

/**
 * Ends the process with 0 at SIGTERM or SIGINT: it takes no new requests, answers those on their way,
 * and cuts what is left after `graceMs`. A second signal cuts at once.
 */
export function stopOnSignal(server: Listening): void {
  let askedAt: number | undefined

  function onSignal(): void {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > sameWishMs) process.exit(0)
      return
    }
    askedAt = performance.now()
    console.log(`Stopping; answers on their way have ${graceMs / 1000} s`)
    server.close(graceMs).then(() => process.exit(0))
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
