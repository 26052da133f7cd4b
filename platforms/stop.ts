import type { RunningServer } from './serve.js'

/** Milliseconds that running requests may take after the first signal. */
export const graceMs = 10_000

/** Milliseconds in which a repeated Ctrl-C is ignored: under npm it arrives from the terminal and from npm. */
const duplicateSignalMs = 500

/**
 * Ends the process with 0 at SIGTERM or SIGINT: it takes no new requests, answers those on their way
 * (polls that wait at once), and cuts what is left after `graceMs`. A second signal cuts at once.
 */
export function stopOnSignal(server: RunningServer): void {
  let firstSignalAt: number | undefined

  function onSignal(): void {
    if (firstSignalAt !== undefined) {
      if (performance.now() - firstSignalAt > duplicateSignalMs) process.exit(0)
      return
    }
    firstSignalAt = performance.now()
    console.log(`Stopping; answers on their way have ${graceMs / 1000} s`)
    server.close(graceMs).then(() => process.exit(0))
  }

  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
