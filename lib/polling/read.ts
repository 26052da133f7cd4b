/**
 * The three readings of a conversation. Each is a function of what the client holds and of what
 * Salesforce lists, and of nothing else: a lost answer, a second tab or a second device cannot lose
 * or double anything.
 */
import type { Role } from '../contract/messages.js'
import { type Cursor, type HistoryMark, maxAnchorLength } from './cursor.js'
import type { EntryMessage, ListEntries } from './entries.js'
import { type Harvest, readBackwards, readOnwards } from './pages.js'
import { type ConversationState, foldState, initialState, unknownState } from './state.js'
import { floorByCount, inOrder, maxRemembered, type Placed, windowFloor } from './window.js'

/** What a page of history tells. */
export type History = { messages: readonly EntryMessage[]; before: HistoryMark | null; now: number }

/** What a poll tells; `now` is Salesforce's clock, epoch milliseconds. */
export type Reading = History & {
  cursor: Cursor
  state: ConversationState
  hasMore: boolean
  lastSpeaker: Role | null
}

function isForVisitors({ message }: Placed): boolean {
  return message !== null
}

function messagesOf(entries: readonly Placed[]): EntryMessage[] {
  return entries.flatMap(({ message }) => (message ? [message] : []))
}

function newestAt(entries: readonly Placed[]): number {
  return entries.at(-1)?.at ?? 0
}

function lastSpeakerOf(entries: readonly Placed[]): Role | null {
  const said = entries.findLast(({ happening }) => happening?.kind === 'said')?.happening
  return said?.kind === 'said' ? said.role : null
}

/** The newest entry before a moment: where a list is read on from. */
function anchorBefore(floor: number, entries: readonly Placed[]): string | null {
  const canBeKept = ({ id }: Placed) => id.length <= maxAnchorLength
  return entries.findLast((entry) => entry.at < floor && canBeKept(entry))?.id ?? null
}

function marksOf(entries: readonly Placed[]): Set<string> {
  return new Set(entries.map(({ mark }) => mark))
}

function seenIn(entries: readonly Placed[], floor: number): Map<string, number> {
  const shown = entries.filter((entry) => isForVisitors(entry) && entry.lastAt >= floor)
  return new Map(shown.map(({ mark, lastAt }) => [mark, lastAt]))
}

function since(seen: ReadonlyMap<string, number>, floor: number): Map<string, number> {
  return new Map([...seen].filter(([, at]) => at >= floor))
}

/** What is left of the history behind a page: `given` was taken out of it, `read` is all that was seen. */
function historyLeft(mark: HistoryMark, { given, left, read, complete }: Page): HistoryMark | null {
  const taken = marksOf(given)
  const members = new Set([...mark.members].filter((each) => !taken.has(each)))
  const isExhausted = members.size === 0 || given.length === 0
  if (complete && left.length === 0 && isExhausted) return null
  const oldestRead = left.length === 0 ? read[0]?.at : undefined
  const settled = given.find(({ at }) => at < mark.floor)?.at ?? mark.bound
  const bound = Math.min(settled, oldestRead ?? settled)
  const sameMoment = marksOf(given.filter(({ at }) => at === bound))
  const earlier = bound === mark.bound ? mark.given : []
  const top = members.size === 0 ? bound : mark.top
  return { ...mark, members, top, bound, given: new Set([...earlier, ...sameMoment]) }
}

/** One page out of what was read: the newest `limit` of those that belong to it, and what is left. */
type Page = {
  given: readonly Placed[]
  left: readonly Placed[]
  read: readonly Placed[]
  complete: boolean
}

function pageOf(
  { entries, complete }: Harvest,
  belongs: (entry: Placed) => boolean,
  limit: number,
): Page {
  const read = inOrder(entries.values())
  const all = read.filter(belongs)
  return { given: all.slice(-limit), left: all.slice(0, -limit), read, complete }
}

/** The newest `limit` messages, the cursor to go on from and the way back. */
export async function readNewest(list: ListEntries, limit: number): Promise<Reading> {
  const harvested = await readBackwards(list, Number.POSITIVE_INFINITY, (entries) => {
    const all = inOrder(entries.values())
    const isCovered = (all[0]?.at ?? 0) < windowFloor(newestAt(all), all)
    return isCovered && all.filter(isForVisitors).length > limit
  })
  const page = pageOf(harvested, isForVisitors, limit)
  const { read: all, complete } = page
  const newest = newestAt(all)
  const firstWhole = complete ? 0 : (all[0]?.at ?? 0) + 1
  const floor = Math.max(windowFloor(newest, all), firstWhole)
  const start = complete ? initialState : unknownState
  const window = page.left.filter(({ at }) => at >= floor)
  const whole = {
    floor,
    members: marksOf(window),
    top: newest,
    bound: floor,
    given: new Set<string>(),
  }
  return {
    messages: messagesOf(page.given),
    before: historyLeft(whole, page),
    now: harvested.now,
    cursor: {
      newest,
      floor,
      anchor: anchorBefore(floor, all),
      base: foldState(
        start,
        all.filter(({ at }) => at < floor),
      ),
      seen: seenIn(all, floor),
    },
    state: foldState(start, all),
    hasMore: false,
    lastSpeaker: lastSpeakerOf(all),
  }
}

/** Everything since the cursor that its holder has not been given, at most `limit` of it. */
export async function readSince(
  list: ListEntries,
  cursor: Cursor,
  limit: number,
): Promise<Reading> {
  const isFresh = (entry: Placed) =>
    isForVisitors(entry) && entry.at >= cursor.floor && !cursor.seen.has(entry.mark)
  const start = { from: cursor.floor, after: cursor.anchor }
  const read = await readOnwards(list, start, (entries) => {
    return [...entries.values()].filter(isFresh).length > limit
  })
  const all = inOrder(read.entries.values()).filter(({ at }) => at >= cursor.floor)
  const firstKept = all.filter(isFresh)[limit]
  const passed = firstKept ? all.slice(0, all.indexOf(firstKept)) : all
  const told = firstKept ? [...passed, ...all.slice(passed.length).filter((e) => !isFresh(e))] : all

  const newest = Math.max(cursor.newest, newestAt(passed))
  const seen = new Map([...cursor.seen, ...seenIn(passed, cursor.floor)])
  const floor = nextFloor(cursor, {
    settled: windowFloor(Math.min(newest, read.startedAt), passed),
    remembered: floorByCount([...seen.values()], maxRemembered),
    waiting: firstKept?.at ?? Number.POSITIVE_INFINITY,
  })
  return {
    messages: messagesOf(passed.filter(isFresh)),
    before: null,
    now: read.now,
    cursor: {
      newest,
      floor,
      anchor: anchorBefore(floor, passed) ?? cursor.anchor,
      base: foldState(
        cursor.base,
        passed.filter(({ at }) => at < floor),
      ),
      seen: since(seen, floor),
    },
    state: foldState(cursor.base, told),
    hasMore: firstKept !== undefined || !read.complete,
    lastSpeaker: lastSpeakerOf(told),
  }
}

/**
 * The floor never falls, and never passes a message that waits to be given out. What became visible
 * while several pages were read is as old as the first of them allows, so that is where 30 s count from.
 */
function nextFloor(
  { floor }: Cursor,
  { settled, remembered, waiting }: { settled: number; remembered: number; waiting: number },
): number {
  return Math.max(floor, Math.min(waiting, Math.max(settled, remembered)))
}

/** The next older page of history. */
export async function readOlder(
  list: ListEntries,
  mark: HistoryMark,
  limit: number,
): Promise<History> {
  const isOlder = (entry: Placed) => {
    if (!isForVisitors(entry)) return false
    if (entry.at >= mark.floor) return mark.members.has(entry.mark)
    return entry.at < mark.bound || (entry.at === mark.bound && !mark.given.has(entry.mark))
  }
  const harvested = await readBackwards(list, mark.top, (entries) => {
    return [...entries.values()].filter(isOlder).length > limit
  })
  const page = pageOf(harvested, isOlder, limit)
  return {
    messages: messagesOf(page.given),
    before: historyLeft(mark, page),
    now: harvested.now,
  }
}
