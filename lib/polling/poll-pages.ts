/**
 * Reads the newest page of a conversation, and the one after a cursor. Like a page of history, each is
 * a function of what the client holds and of what Salesforce lists, and of nothing else: a lost
 * response, a second tab or a second device cannot lose or double anything.
 */
import type { Role } from '../contract/messages.js'
import { type Cursor, maxAnchorLength, type ResumePoint } from './cursor.js'
import type { ListEntries } from './entries.js'
import {
  fingerprintsOf,
  type HistoryPage,
  historyLeft,
  isForVisitors,
  messagesOf,
  select,
} from './history.js'
import { boundBefore, type PageScan, scanBackward, scanForward } from './scan.js'
import { type ConversationState, foldState, initialState, unknownState } from './state.js'
import {
  inOrder,
  isFull,
  maxCarried,
  maxRemembered,
  nextWindowStart,
  type PlacedEntry,
  since,
  windowStartByCount,
  windowStartOf,
} from './window.js'

/** Describes a page of a poll; `now` is Salesforce's clock, epoch milliseconds. */
export type PollPage = HistoryPage & {
  cursor: Cursor
  state: ConversationState
  hasMore: boolean
  lastSpeaker: Role | null
  /** Holds the milliseconds until more may be read, where the read had to stop; else 0. */
  waitMs: number
}

function newestAt(entries: readonly PlacedEntry[]): number {
  return entries.at(-1)?.at ?? 0
}

function lastSpeakerOf(entries: readonly PlacedEntry[]): Role | null {
  const lastMessage = entries.findLast(({ change }) => change?.kind === 'message')?.change
  return lastMessage?.kind === 'message' ? lastMessage.role : null
}

/** Returns the newest entry before a moment, from which a list is read on. */
function anchorBefore(windowStart: number, entries: readonly PlacedEntry[]): string | null {
  const canBeKept = ({ id }: PlacedEntry) => id.length <= maxAnchorLength
  return entries.findLast((entry) => entry.at < windowStart && canBeKept(entry))?.id ?? null
}

function visibleSince(entries: readonly PlacedEntry[], windowStart: number): Map<string, number> {
  const shown = entries.filter((entry) => isForVisitors(entry) && entry.lastAt >= windowStart)
  return new Map(shown.map(({ fingerprint, lastAt }) => [fingerprint, lastAt]))
}

/** Returns the newest `limit` messages, the cursor to go on from and the way back. */
export async function newestPage(list: ListEntries, limit: number): Promise<PollPage> {
  const scan = await scanBackward(list, Number.POSITIVE_INFINITY, (entries, startedAt) => {
    const all = inOrder(entries.values())
    const isCovered = (all[0]?.at ?? 0) < windowStartOf(newestAt(all), startedAt, all)
    return isCovered && all.filter(isForVisitors).length > limit
  })
  const page = select(scan, isForVisitors, limit)
  const { read: all, complete } = page
  const state = foldState(complete ? initialState : unknownState, all)
  const newest = newestAt(all)
  // What a read that had to stop left unread of the window comes with the next polls, as late entries do.
  const windowStart = windowStartOf(newest, scan.startedAt, all)
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
      state,
      resume: null,
      seen: visibleSince(all, windowStart),
      heardUntil: null,
    },
    state,
    hasMore: false,
    lastSpeaker: lastSpeakerOf(all),
    waitMs: 0,
  }
}

/** Returns the place at which a cursor's next read begins: where the last one stopped, or the window's start. */
function startOf({ windowStart, anchor, stateBefore, resume }: Cursor): ResumePoint {
  const bound = boundBefore(windowStart)
  const startedAt = Number.POSITIVE_INFINITY
  return resume ?? { bound, from: windowStart, anchor, state: stateBefore, startedAt }
}

/** Describes a read of the window: what it passed over, and how it ended. */
type Pass = {
  start: ResumePoint
  scan: PageScan
  passed: readonly PlacedEntry[]
  /** Holds the first message that the limit kept back; undefined when there is none. */
  firstKept: PlacedEntry | undefined
}

/** Returns the place at which a read had to stop before the window's end; null when it did not. */
function stopOf({ start, scan, passed, firstKept }: Pass): ResumePoint | null {
  if (!firstKept && scan.next === null) return null
  const bound = firstKept ? boundBefore(firstKept.at) : (scan.next ?? 0)
  const from = firstKept ? firstKept.at : Math.max(newestAt(passed), bound)
  const before = passed.filter(({ at }) => at < from)
  return {
    bound,
    from,
    anchor: anchorBefore(from, passed) ?? start.anchor,
    state: foldState(start.state, before),
    startedAt: Math.min(start.startedAt, scan.startedAt),
  }
}

/**
 * Returns everything since the cursor that its holder has not been given, at most `limit` of it. A
 * read that has to stop early gives what it read, with a cursor that reads on from there.
 */
export async function nextPage(
  list: ListEntries,
  cursor: Cursor,
  limit: number,
): Promise<PollPage> {
  const start = startOf(cursor)
  const isFresh = (entry: PlacedEntry) =>
    isForVisitors(entry) && entry.at >= cursor.windowStart && !cursor.seen.has(entry.fingerprint)
  const place = { bound: start.bound, after: start.anchor }
  const scan = await scanForward(list, place, (entries) => {
    return [...entries.values()].filter(isFresh).length > limit
  })
  const all = inOrder(scan.entries.values()).filter(({ at }) => at >= start.from)
  const firstKept = all.filter(isFresh)[limit]
  const passed = firstKept ? all.slice(0, all.indexOf(firstKept)) : all
  const folded = firstKept
    ? [...passed, ...all.slice(passed.length).filter((e) => !isFresh(e))]
    : all

  const newest = Math.max(cursor.newest, newestAt(passed))
  const stop = stopOf({ start, scan, passed, firstKept })
  const isResumed = cursor.resume !== null
  const isCarried = isResumed || (stop !== null && !firstKept)
  const met = new Map([...cursor.seen, ...visibleSince(passed, cursor.windowStart)])
  const windowStart = nextWindowStart(cursor.windowStart, {
    from: start.from,
    settled: windowStartOf(newest, Math.min(scan.startedAt, start.startedAt), passed),
    remembered: windowStartByCount([...met.values()], isCarried ? maxCarried : maxRemembered),
    waiting: firstKept?.at ?? Number.POSITIVE_INFINITY,
    stopped: stop?.from ?? Number.POSITIVE_INFINITY,
  })
  const seen = since(met, windowStart)
  // A read that the limit ended begins again, so that late entries come before `hasMore` is false. One
  // that continued another does so only when that makes room, or it might never get further.
  const settledNext = windowStartOf(newest, scan.startedAt, [])
  const beginsAgain = isResumed
    ? stop !== null && isFull(stop, seen, settledNext)
    : firstKept !== undefined
  const isBehind = !scan.complete && newestAt(folded) <= cursor.newest
  const known = isBehind ? cursor.state : null
  const state = known ?? foldState(start.state, folded)
  const hasMoved = windowStart > cursor.windowStart
  return {
    messages: messagesOf(passed.filter(isFresh)),
    before: null,
    now: scan.now,
    cursor: {
      newest,
      windowStart,
      anchor: hasMoved ? (anchorBefore(windowStart, passed) ?? start.anchor) : cursor.anchor,
      stateBefore: hasMoved
        ? foldState(
            start.state,
            passed.filter(({ at }) => at < windowStart),
          )
        : cursor.stateBefore,
      state,
      resume: beginsAgain ? null : stop,
      seen,
      heardUntil: null,
    },
    state,
    hasMore: firstKept !== undefined || !scan.complete,
    lastSpeaker: lastSpeakerOf(folded),
    waitMs: scan.waitMs,
  }
}
