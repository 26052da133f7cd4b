/** Reads Salesforce's list page by page, in either direction, until enough is known. */
import type { Entry, EntryPage, ListEntries } from './entries.js'
import { fingerprint, maxPages, type PlacedEntry } from './window.js'

/** Result of a scan: each id once, with the newest timestamp it was listed under. */
export type PageScan = {
  entries: ReadonlyMap<string, PlacedEntry>
  /** The end of the list was reached. */
  complete: boolean
  /** Salesforce's clock at the first and at the last page, epoch milliseconds. */
  startedAt: number
  now: number
}

/** One request of a reading: its bound (0 or `Infinity`: none) and the page it brought. */
type ScanRequest = { timestamp: number; page: EntryPage }

type Direction = {
  read: (timestamp: number) => Promise<EntryPage>
  /** The bound of the next request; `isInclusive`: this reading saw that bounds include their millisecond. */
  next: (last: ScanRequest, isInclusive: boolean) => number
  /** 1: the list comes oldest first. */
  positionStep: 1 | -1
}

type IsEnough = (entries: ReadonlyMap<string, PlacedEntry>) => boolean

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
  for (let pages = 1; ; pages++) {
    const page = await direction.read(timestamp)
    startedAt ??= page.now
    for (const entry of page.entries) {
      position += direction.positionStep
      keep(entries, entry, position)
      isInclusive ||= entry.at === timestamp
    }
    const complete = !page.full || page.entries.length === 0
    const read = { entries, complete, startedAt, now: page.now }
    if (complete || pages === maxPages || isEnough(entries)) return read
    timestamp = direction.next({ timestamp, page }, isInclusive)
  }
}

/** A repeated entry keeps its first place in the list and its earliest timestamp. */
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

/**
 * Reads from a moment on (0: from the beginning), oldest first; `after`: an entry older than that, null
 * when none is known. Bounds overlap by a millisecond until it is seen that they are inclusive, which
 * is not evidenced (`enhanced-chat-api.md §3.7`).
 */
export function scanForward(
  list: ListEntries,
  { from: startTimestamp, after }: { from: number; after: string | null },
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
  return scanPages(direction, Math.max(0, startTimestamp - 1), isEnough)
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
