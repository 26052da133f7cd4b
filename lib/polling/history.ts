/** Reads a conversation backwards: the pages before the newest one, and what is left behind a page. */
import type { EntryMessage, ListEntries } from './entries.js'
import { type PageScan, scanBackward } from './scan.js'
import { inOrder, type PlacedEntry } from './window.js'

/**
 * Describes the part of the history that was not given out yet. Since `windowStart` it consists of
 * `members` alone, because entries that show up there later belong to the cursor. Before
 * `windowStart` it is everything older than `oldestGiven`.
 */
export type HistoryMark = {
  windowStart: number
  members: ReadonlySet<string>
  /** Holds the timestamp to read back from: nothing newer than this is left. */
  newestLeft: number
  /** Holds the timestamp of the oldest entry given out, at most `windowStart`. */
  oldestGiven: number
  /** Holds fingerprints of the entries given out that share `oldestGiven`. */
  given: ReadonlySet<string>
}

/** Describes a page of history. */
export type HistoryPage = {
  messages: readonly EntryMessage[]
  before: HistoryMark | null
  now: number
}

/** Tells whether an entry is a message that visitors see. */
export function isForVisitors({ message }: PlacedEntry): boolean {
  return message !== null
}

export function messagesOf(entries: readonly PlacedEntry[]): EntryMessage[] {
  return entries.flatMap(({ message }) => (message ? [message] : []))
}

export function fingerprintsOf(entries: readonly PlacedEntry[]): Set<string> {
  return new Set(entries.map(({ fingerprint }) => fingerprint))
}

/**
 * Describes one page out of what was read: the newest `limit` of those that belong to it, and what
 * is left.
 */
type Selection = {
  given: readonly PlacedEntry[]
  left: readonly PlacedEntry[]
  read: readonly PlacedEntry[]
  complete: boolean
}

/** Selects the newest `limit` of the entries that belong to a page. */
export function select(
  { entries, complete }: PageScan,
  belongs: (entry: PlacedEntry) => boolean,
  limit: number,
): Selection {
  const read = inOrder(entries.values())
  const all = read.filter(belongs)
  return { given: all.slice(-limit), left: all.slice(0, -limit), read, complete }
}

/**
 * Returns the history left behind a page: `given` was taken out of it, `read` is all that was
 * listed.
 */
export function historyLeft(
  mark: HistoryMark,
  { given, left, read, complete }: Selection,
): HistoryMark | null {
  const taken = fingerprintsOf(given)
  const members = new Set([...mark.members].filter((each) => !taken.has(each)))
  const isExhausted = members.size === 0 || given.length === 0
  if (complete && left.length === 0 && isExhausted) return null
  const oldestRead = left.length === 0 ? read[0]?.at : undefined
  const settled = given.find(({ at }) => at < mark.windowStart)?.at ?? mark.oldestGiven
  const oldestGiven = Math.min(settled, oldestRead ?? settled)
  const sameMoment = fingerprintsOf(given.filter(({ at }) => at === oldestGiven))
  const earlier = oldestGiven === mark.oldestGiven ? mark.given : []
  const newestLeft = members.size === 0 ? oldestGiven : mark.newestLeft
  return { ...mark, members, newestLeft, oldestGiven, given: new Set([...earlier, ...sameMoment]) }
}

/** Returns the next older page of history. */
export async function olderPage(
  list: ListEntries,
  mark: HistoryMark,
  limit: number,
): Promise<HistoryPage> {
  const isOlder = (entry: PlacedEntry) => {
    if (!isForVisitors(entry)) return false
    if (entry.at >= mark.windowStart) return mark.members.has(entry.fingerprint)
    return (
      entry.at < mark.oldestGiven ||
      (entry.at === mark.oldestGiven && !mark.given.has(entry.fingerprint))
    )
  }
  const scan = await scanBackward(list, mark.newestLeft, (entries) => {
    return [...entries.values()].filter(isOlder).length > limit
  })
  const page = select(scan, isOlder, limit)
  return {
    messages: messagesOf(page.given),
    before: historyLeft(mark, page),
    now: scan.now,
  }
}
