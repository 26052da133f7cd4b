/**
 * The three readings of a conversation. Each is a function of what the client holds and of what
 * Salesforce lists, and of nothing else: a lost answer, a second tab or a second device cannot lose
 * or double anything.
 */
import type { Role } from '../contract/messages.js'
import { type Cursor, type HistoryMark, maxAnchorLength } from './cursor.js'
import type { EntryMessage, ListEntries } from './entries.js'
import { type PageScan, scanBackward, scanForward } from './scan.js'
import { type ConversationState, foldState, initialState, unknownState } from './state.js'
import {
  inOrder,
  maxRemembered,
  type PlacedEntry,
  windowStartByCount,
  windowStartOf,
} from './window.js'

/** A page of history. */
export type HistoryPage = {
  messages: readonly EntryMessage[]
  before: HistoryMark | null
  now: number
}

/** A page of a poll; `now` is Salesforce's clock, epoch milliseconds. */
export type PollPage = HistoryPage & {
  cursor: Cursor
  state: ConversationState
  hasMore: boolean
  lastSpeaker: Role | null
}

function isForVisitors({ message }: PlacedEntry): boolean {
  return message !== null
}

function messagesOf(entries: readonly PlacedEntry[]): EntryMessage[] {
  return entries.flatMap(({ message }) => (message ? [message] : []))
}

function newestAt(entries: readonly PlacedEntry[]): number {
  return entries.at(-1)?.at ?? 0
}

function lastSpeakerOf(entries: readonly PlacedEntry[]): Role | null {
  const lastMessage = entries.findLast(({ change }) => change?.kind === 'message')?.change
  return lastMessage?.kind === 'message' ? lastMessage.role : null
}

/** The newest entry before a moment: where a list is read on from. */
function anchorBefore(windowStart: number, entries: readonly PlacedEntry[]): string | null {
  const canBeKept = ({ id }: PlacedEntry) => id.length <= maxAnchorLength
  return entries.findLast((entry) => entry.at < windowStart && canBeKept(entry))?.id ?? null
}

function fingerprintsOf(entries: readonly PlacedEntry[]): Set<string> {
  return new Set(entries.map(({ fingerprint }) => fingerprint))
}

function visibleSince(entries: readonly PlacedEntry[], windowStart: number): Map<string, number> {
  const shown = entries.filter((entry) => isForVisitors(entry) && entry.lastAt >= windowStart)
  return new Map(shown.map(({ fingerprint, lastAt }) => [fingerprint, lastAt]))
}

function since(seen: ReadonlyMap<string, number>, windowStart: number): Map<string, number> {
  return new Map([...seen].filter(([, at]) => at >= windowStart))
}

/**
 * Returns the history left behind a page: `given` was taken out of it, `read` is all that was
 * listed.
 */
function historyLeft(
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

/** One page out of what was read: the newest `limit` of those that belong to it, and what is left. */
type Selection = {
  given: readonly PlacedEntry[]
  left: readonly PlacedEntry[]
  read: readonly PlacedEntry[]
  complete: boolean
}

function select(
  { entries, complete }: PageScan,
  belongs: (entry: PlacedEntry) => boolean,
  limit: number,
): Selection {
  const read = inOrder(entries.values())
  const all = read.filter(belongs)
  return { given: all.slice(-limit), left: all.slice(0, -limit), read, complete }
}

/** The newest `limit` messages, the cursor to go on from and the way back. */
export async function newestPage(list: ListEntries, limit: number): Promise<PollPage> {
  const scan = await scanBackward(list, Number.POSITIVE_INFINITY, (entries) => {
    const all = inOrder(entries.values())
    const isCovered = (all[0]?.at ?? 0) < windowStartOf(newestAt(all), all)
    return isCovered && all.filter(isForVisitors).length > limit
  })
  const page = select(scan, isForVisitors, limit)
  const { read: all, complete } = page
  const newest = newestAt(all)
  const firstWhole = complete ? 0 : (all[0]?.at ?? 0) + 1
  const windowStart = Math.max(windowStartOf(newest, all), firstWhole)
  const start = complete ? initialState : unknownState
  const window = page.left.filter(({ at }) => at >= windowStart)
  const whole = {
    windowStart,
    members: fingerprintsOf(window),
    newestLeft: newest,
    oldestGiven: windowStart,
    given: new Set<string>(),
  }
  return {
    messages: messagesOf(page.given),
    before: historyLeft(whole, page),
    now: scan.now,
    cursor: {
      newest,
      windowStart,
      anchor: anchorBefore(windowStart, all),
      stateBefore: foldState(
        start,
        all.filter(({ at }) => at < windowStart),
      ),
      seen: visibleSince(all, windowStart),
    },
    state: foldState(start, all),
    hasMore: false,
    lastSpeaker: lastSpeakerOf(all),
  }
}

/** Everything since the cursor that its holder has not been given, at most `limit` of it. */
export async function nextPage(
  list: ListEntries,
  cursor: Cursor,
  limit: number,
): Promise<PollPage> {
  const isFresh = (entry: PlacedEntry) =>
    isForVisitors(entry) && entry.at >= cursor.windowStart && !cursor.seen.has(entry.fingerprint)
  const start = { from: cursor.windowStart, after: cursor.anchor }
  const scan = await scanForward(list, start, (entries) => {
    return [...entries.values()].filter(isFresh).length > limit
  })
  const all = inOrder(scan.entries.values()).filter(({ at }) => at >= cursor.windowStart)
  const firstKept = all.filter(isFresh)[limit]
  const passed = firstKept ? all.slice(0, all.indexOf(firstKept)) : all
  const folded = firstKept
    ? [...passed, ...all.slice(passed.length).filter((e) => !isFresh(e))]
    : all

  const newest = Math.max(cursor.newest, newestAt(passed))
  const seen = new Map([...cursor.seen, ...visibleSince(passed, cursor.windowStart)])
  const windowStart = nextWindowStart(cursor, {
    settled: windowStartOf(Math.min(newest, scan.startedAt), passed),
    remembered: windowStartByCount([...seen.values()], maxRemembered),
    waiting: firstKept?.at ?? Number.POSITIVE_INFINITY,
  })
  return {
    messages: messagesOf(passed.filter(isFresh)),
    before: null,
    now: scan.now,
    cursor: {
      newest,
      windowStart,
      anchor: anchorBefore(windowStart, passed) ?? cursor.anchor,
      stateBefore: foldState(
        cursor.stateBefore,
        passed.filter(({ at }) => at < windowStart),
      ),
      seen: since(seen, windowStart),
    },
    state: foldState(cursor.stateBefore, folded),
    hasMore: firstKept !== undefined || !scan.complete,
    lastSpeaker: lastSpeakerOf(folded),
  }
}

/**
 * The floor never falls, and never passes a message that waits to be given out. What became visible
 * while several pages were read is as old as the first of them allows, so that is where 30 s count from.
 */
function nextWindowStart(
  { windowStart }: Cursor,
  { settled, remembered, waiting }: { settled: number; remembered: number; waiting: number },
): number {
  return Math.max(windowStart, Math.min(waiting, Math.max(settled, remembered)))
}

/** The next older page of history. */
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
