/**
 * The overlap window: how far behind the newest entry every poll reads again, so that entries which
 * become visible late are not missed, and how an entry is recognised as seen. Pure.
 */
import { createHash } from 'node:crypto'
import type { Entry } from './entries.js'

/** Entries may become visible this long after their timestamp, in milliseconds (contract, poll). */
export const overlapMs = 30_000

/** At most this many entries are remembered; a denser stream narrows the window, never the cursor's size. */
export const maxWindowEntries = 400

/** One call never reads more pages than this; the client is told `hasMore` and asks again. */
export const maxPages = 20

/** Six bytes of SHA-256 in hex: enough to tell 400 ids apart, small enough to carry them. */
export function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12)
}

/**
 * An entry with the place it had in Salesforce's list, which orders entries of one millisecond, its
 * fingerprint, and the newest timestamp it was listed under.
 */
export type Placed = Entry & { position: number; mark: string; lastAt: number }

/** Orders by time, then by place in the list. */
export function inOrder(entries: Iterable<Placed>): Placed[] {
  return [...entries].sort((a, b) => a.at - b.at || a.position - b.position)
}

/**
 * The lower bound of the window that ends at `newest`, for entries in order. All entries of the
 * bound's own millisecond are inside.
 */
export function windowFloor(newest: number, ordered: readonly Placed[]): number {
  const firstDropped = ordered[ordered.length - 1 - maxWindowEntries]
  const byCount = firstDropped === undefined ? 0 : firstDropped.at + 1
  return Math.max(0, newest - overlapMs, byCount)
}
