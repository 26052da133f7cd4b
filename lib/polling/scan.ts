/**
 * Reads Salesforce's list page by page, in either direction, until enough is known, or until no
 * further page may be read now.
 */
import { isProblem } from '../problem.js'
import type { Entry, EntryPage, ListEntries } from './entries.js'
import { fingerprint, maxPages, type PlacedEntry } from './window.js'

/** Describes the result of a scan: each id once, with the newest timestamp it was listed under. */
export type PageScan = {
  entries: ReadonlyMap<string, PlacedEntry>
  /** The end of the list was reached. */
  complete: boolean
  /** Holds Salesforce's clock at the first and at the last page, epoch milliseconds. */
  startedAt: number
  now: number
  /** Bounds the request that would follow; null at the end of the list. */
  next: number | null
  /**
   * Holds the milliseconds until the next page may be read, where the scan had to stop before it;
   * else 0.
   */
  waitMs: number
}

/**
 * Describes one request of a scan: the timestamp it is bounded by (0 or `Infinity`: none) and the
 * page it returned.
 */
type ScanRequest = { timestamp: number; page: EntryPage }

type Direction = {
  read: (timestamp: number) => Promise<EntryPage>
  /**
   * Returns the timestamp that bounds the next request; `isInclusive`: this scan saw that bounds
   * include their millisecond.
   */
  next: (last: ScanRequest, isInclusive: boolean) => number
  /** 1: the list comes oldest first. */
  positionStep: 1 | -1
}

/** `startedAt`: Salesforce's clock at the scan's first page, epoch milliseconds. */
type IsEnough = (entries: ReadonlyMap<string, PlacedEntry>, startedAt: number) => boolean

async function scanPages(
  direction: Direction,
  first: number,
  isEnough: IsEnough,
): Promise<PageScan> {
  const entries = new Map<string, PlacedEntry>()
  let position = 0
  let timestamp = first
  let startedAt: number | undefined
  let isInclusive = false
  let scan: PageScan | null = null
  for (let pages = 1; ; pages++) {
    let page: EntryPage
    try {
      page = await direction.read(timestamp)
    } catch (error) {
      if (!scan || !isProblem(error, 'rate_limited')) throw error
      return { ...scan, waitMs: error.details.retryAfterMs ?? 0 }
    }
    startedAt ??= page.now
    for (const entry of page.entries) {
      position += direction.positionStep
      keep(entries, entry, position)
      isInclusive ||= entry.at === timestamp
    }
    const complete = !page.full || page.entries.length === 0
    const next = complete ? null : direction.next({ timestamp, page }, isInclusive)
    scan = { entries, complete, startedAt, now: page.now, next, waitMs: 0 }
    if (next === null || pages === maxPages || isEnough(entries, startedAt)) return scan
    timestamp = next
  }
}

/** Adds an entry. A repeated one keeps its first place in the list and its earliest timestamp. */
function keep(entries: Map<string, PlacedEntry>, entry: Entry, position: number) {
  const known = entries.get(entry.id)
  const lastAt = Math.max(entry.at, known?.lastAt ?? 0)
  const first = known && known.at <= entry.at ? known : entry
  entries.set(entry.id, {
    ...first,
    position: known?.position ?? position,
    fingerprint: known?.fingerprint ?? fingerprint(entry.id),
    lastAt,
  })
}

/** Returns the bound of a request that lists everything from a moment on. */
export function boundBefore(moment: number): number {
  return Math.max(0, moment - 1)
}

/**
 * Reads oldest first, from a bound on (0: from the beginning); `after`: an entry older than that, null
 * when none is known. Bounds overlap by a millisecond until it is seen that they are inclusive, which
 * is not evidenced (`enhanced-chat-api.md §3.7`).
 */
export function scanForward(
  list: ListEntries,
  { bound, after }: { bound: number; after: string | null },
  isEnough: IsEnough,
) {
  const behind = after !== null && { after }
  const direction: Direction = {
    positionStep: 1,
    read: (timestamp) =>
      list({
        order: 'oldestFirst',
        ...(timestamp > 0 && { startTimestamp: timestamp }),
        ...behind,
      }),
    next: ({ timestamp, page }, isInclusive) =>
      Math.max(newestOf(page) - (isInclusive ? 0 : 1), timestamp + 1),
  }
  return scanPages(direction, bound, isEnough)
}

/** Reads back from a moment (`Infinity`: from the newest entry), newest first. */
export function scanBackward(list: ListEntries, endTimestamp: number, isEnough: IsEnough) {
  const direction: Direction = {
    positionStep: -1,
    read: (timestamp) =>
      list({
        order: 'newestFirst',
        ...(Number.isFinite(timestamp) && { endTimestamp: timestamp }),
      }),
    next: ({ timestamp, page }, isInclusive) =>
      Math.min(oldestOf(page) + (isInclusive ? 0 : 1), timestamp - 1),
  }
  return scanPages(direction, endTimestamp + 1, isEnough)
}

function newestOf({ entries }: EntryPage): number {
  return entries.reduce((newest, { at }) => Math.max(newest, at), 0)
}

function oldestOf({ entries }: EntryPage): number {
  return entries.reduce((oldest, { at }) => Math.min(oldest, at), Number.MAX_SAFE_INTEGER)
}
