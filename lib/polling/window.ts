/**
 * The overlap window: how far behind the newest entry every poll reads again, so that entries which
 * become visible late are not missed, and how an entry is recognised as seen. Pure.
 */
import { createHash } from 'node:crypto'
import type { Entry } from './entries.js'

/** Entries may become visible this long after their timestamp, in milliseconds (contract, poll). */
export const overlapMs = 30_000

/**
 * At most this many entries are read again, and their messages remembered, by the next poll; a denser
 * stream narrows the window, never grows the cursor. One call can read this many and more, even where
 * a page of 50 advances by 20 because entries crowd in one millisecond.
 */
export const maxRemembered = 380

/** Pages that one call reads at most; beyond them the client gets `hasMore` and asks again. */
export const maxPages = 20

/** Six bytes of SHA-256 in hex: enough to tell 400 ids apart, small enough to carry them. */
export function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 12)
}

/**
 * An entry with the place it had in Salesforce's list, which orders entries of one millisecond, its
 * fingerprint, and the newest timestamp it was listed under.
 */
export type PlacedEntry = Entry & { position: number; fingerprint: string; lastAt: number }

/** Orders by time, then by place in the list. */
export function inOrder(entries: Iterable<PlacedEntry>): PlacedEntry[] {
  return [...entries].sort((a, b) => a.at - b.at || a.position - b.position)
}

/** The lower bound that leaves at most `most` of these times, those of the bound's own millisecond too. */
export function windowStartByCount(times: readonly number[], max: number): number {
  if (times.length <= max) return 0
  const newestFirst = times.toSorted((a, b) => b - a)
  return (newestFirst[max] ?? 0) + 1
}

/** The lower bound of the window that ends at `newest`. */
export function windowStartOf(newest: number, entries: readonly PlacedEntry[]): number {
  const times = entries.map(({ at }) => at)
  return Math.max(0, newest - overlapMs, windowStartByCount(times, maxRemembered))
}
