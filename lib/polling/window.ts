/**
 * Defines the overlap window: how far behind the newest entry every poll reads again, so that
 * entries which become visible late are not missed, and how an entry is recognised as seen. Pure.
 */
import { hash } from 'node:crypto'
import type { Entry } from './entries.js'

/** Entries may become visible this long after their timestamp, in milliseconds (contract, poll). */
export const overlapMs = 30_000

/**
 * At most this many entries are read again, and their messages remembered, by the next poll; a denser
 * stream narrows the window, never grows the cursor. One call can read this many and more, even where
 * a page of 50 advances by 20 because entries crowd in one millisecond.
 */
export const maxRemembered = 380

/**
 * At most this many are remembered while a read of the window that had to stop is continued: new
 * entries may come meanwhile, and the window may not move past what was read first.
 */
export const maxCarried = 400

/** Up to this many in 30 seconds, a read that is continued leaves the window as wide as that. */
export const maxCertain = 190

/** Sets the messages that one page of a poll gives out at most (contract, poll). */
export const maxPageSize = 100

/**
 * Sets the pages that one call reads at most; beyond them the client gets `hasMore` and asks again.
 */
export const maxPages = 20

/**
 * Hashes an id to six bytes of SHA-256 in hex: enough to tell 400 ids apart, small enough to carry
 * them.
 */
export function fingerprint(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12)
}

/**
 * Describes an entry with the place it had in Salesforce's list, which orders entries of one
 * millisecond, its fingerprint, and the newest timestamp it was listed under.
 */
export type PlacedEntry = Entry & { position: number; fingerprint: string; lastAt: number }

/** Orders by time, then by place in the list. */
export function inOrder(entries: Iterable<PlacedEntry>): PlacedEntry[] {
  return [...entries].sort((a, b) => a.at - b.at || a.position - b.position)
}

/**
 * Returns the lower bound that leaves at most `max` of these times, those of the bound's own
 * millisecond too.
 */
export function windowStartByCount(times: readonly number[], max: number): number {
  if (times.length <= max) return 0
  const newestFirst = times.toSorted((a, b) => b - a)
  return (newestFirst[max] ?? 0) + 1
}

/**
 * Returns the lower bound of the window that ends at the newest entry, or at Salesforce's clock when
 * the read began (`startedAt`, epoch milliseconds) where the entry's time lies ahead of it: what is
 * written from then on may carry any time from the clock's on. Also an entry that became visible while
 * several pages were read is as old as the first of them allows.
 */
export function windowStartOf(
  newest: number,
  startedAt: number,
  entries: readonly PlacedEntry[],
): number {
  const times = entries.map(({ at }) => at)
  const end = Math.min(newest, startedAt)
  return Math.max(0, end - overlapMs, windowStartByCount(times, maxRemembered))
}

/** Keeps of the entries seen those since the window's start. */
export function since(seen: ReadonlyMap<string, number>, windowStart: number): Map<string, number> {
  return new Map([...seen].filter(([, at]) => at >= windowStart))
}

/** Holds the timestamps that bound the next start of the window, `Infinity` where there is none. */
type StartBounds = {
  /** Marks where this read began; the state is known from there on. */
  from: number
  /** Is the time before which every entry has become visible. */
  settled: number
  /** Is the time since which entries are few enough to be remembered. */
  remembered: number
  /** Is the time of the first message that waits to be given out. */
  waiting: number
  /** Marks where the read had to stop: what became visible behind it was not read. */
  stopped: number
}

/**
 * Returns the next start of the window. It never falls, and never passes a message that waits to be
 * given out. It moves only to where the state is known: to the start of this read or behind it.
 */
export function nextWindowStart(
  windowStart: number,
  { from, settled, remembered, waiting, stopped }: StartBounds,
): number {
  const wanted = Math.min(waiting, Math.max(Math.min(settled, stopped), remembered))
  if (wanted >= from) return Math.max(windowStart, wanted)
  return remembered > windowStart ? from : windowStart
}

/**
 * Tells whether a read of the window, continued from this stop, would narrow the window to it for want
 * of room although entries from before it may still become visible. Read again from its start, the
 * window would begin at `settled`; where that leaves too many, the stream is too dense to help.
 */
export function isFull(
  stop: { from: number; startedAt: number },
  seen: ReadonlyMap<string, number>,
  settled: number,
): boolean {
  const isOpen = stop.from > stop.startedAt - overlapMs
  return isOpen && seen.size > maxCarried - maxPageSize && since(seen, settled).size <= maxCertain
}
