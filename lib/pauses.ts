/** Makes the pauses between attempts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { abandoned, abandonSignal } from './request.js'

/**
 * Sleeps until the signal is aborted: by default, until the request is abandoned.
 * @throws {GatewayError} upstream_unavailable when the signal is aborted
 */
export async function pause(ms: number, signal = abandonSignal()): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throw abandoned()
  }
}

/**
 * Yields the milliseconds of pauses between attempts, each twice as long as the one before, up to a
 * longest one. Each is longer by up to a quarter, at random, so that calls which wait together come
 * back apart.
 */
export function* growingPauses(firstMs: number, longestMs: number): Generator<number, never> {
  for (let ms = firstMs; ; ms = Math.min(2 * ms, longestMs)) yield ms * (1 + Math.random() / 4)
}
