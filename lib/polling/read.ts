/**
 * The three readings of a conversation. Each is a function of what the client holds and of what
 * Salesforce lists, and of nothing else: a lost answer, a second tab or a second device cannot lose
 * or double anything.
 */
import type { Role } from '../contract/messages.js'
import type { Cursor, HistoryMark } from './cursor.js'
import type { EntryMessage, ListEntries } from './entries.js'
import { readBackwards, readOnwards } from './pages.js'
import { type ConversationState, foldState, initialState, unknownState } from './state.js'
import { inOrder, type Placed, windowFloor } from './window.js'

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
  const said = entries.findLast(({ happening }) => happening?.kind === 'said')
  return said?.message?.sender.role ?? null
}

function seenIn(entries: readonly Placed[], floor: number): Map<string, number> {
  const shown = entries.filter((entry) => isForVisitors(entry) && entry.lastAt >= floor)
  return new Map(shown.map(({ mark, lastAt }) => [mark, lastAt]))
}

/** Null when nothing older is left; otherwise where the next page of history begins. */
function historyBefore(
  given: readonly Placed[],
  older: readonly Placed[],
  complete: boolean,
  belongs: Pick<HistoryMark, 'floor' | 'members'>,
): HistoryMark | null {
  const [oldest] = given
  if (!oldest || (complete && older.length === 0)) return null
  const sameMoment = given.filter(({ at }) => at === oldest.at)
  return { ...belongs, bound: oldest.at, given: new Set(sameMoment.map(({ mark }) => mark)) }
}

/** The newest `limit` messages, the cursor to go on from and the way back. */
export async function readNewest(list: ListEntries, limit: number): Promise<Reading> {
  const read = await readBackwards(list, Number.POSITIVE_INFINITY, (entries) => {
    const all = inOrder(entries.values())
    const isCovered = (all[0]?.at ?? 0) < windowFloor(newestAt(all), all)
    return isCovered && all.filter(isForVisitors).length > limit
  })
  const all = inOrder(read.entries.values())
  const newest = newestAt(all)
  const oldestRead = read.complete ? 0 : (all[0]?.at ?? 0) + 1
  const floor = Math.max(windowFloor(newest, all), oldestRead)
  const start = read.complete ? initialState : unknownState
  const base = foldState(
    start,
    all.filter(({ at }) => at < floor),
  )
  const seen = seenIn(all, floor)

  const shown = all.filter(isForVisitors)
  const given = shown.slice(-limit)
  const older = shown.slice(0, -limit)
  const members = new Set(older.filter(({ at }) => at >= floor).map(({ mark }) => mark))
  return {
    messages: messagesOf(given),
    before: historyBefore(given, older, read.complete, { floor, members }),
    now: read.now,
    cursor: { newest, floor, base, seen },
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
  const read = await readOnwards(list, cursor.floor, (entries) => {
    return [...entries.values()].filter(isFresh).length > limit
  })
  const all = inOrder(read.entries.values()).filter(({ at }) => at >= cursor.floor)
  const firstKept = all.filter(isFresh)[limit]
  const passed = firstKept ? all.slice(0, all.indexOf(firstKept)) : all
  const told = firstKept ? [...passed, ...all.slice(passed.length).filter((e) => !isFresh(e))] : all

  const newest = Math.max(cursor.newest, newestAt(passed))
  const floor = Math.max(cursor.floor, windowFloor(newest, passed))
  const seen = new Map([...cursor.seen].filter(([, at]) => at >= floor))
  for (const [mark, at] of seenIn(passed, floor)) seen.set(mark, at)
  return {
    messages: messagesOf(passed.filter(isFresh)),
    before: null,
    now: read.now,
    cursor: {
      newest,
      floor,
      base: foldState(
        cursor.base,
        passed.filter(({ at }) => at < floor),
      ),
      seen,
    },
    state: foldState(cursor.base, told),
    hasMore: firstKept !== undefined || !read.complete,
    lastSpeaker: lastSpeakerOf(told),
  }
}

/** The next older page of history. */
export async function readOlder(
  list: ListEntries,
  mark: HistoryMark,
  limit: number,
): Promise<History> {
  const isOlder = (entry: Placed) =>
    isForVisitors(entry) &&
    (entry.at < mark.bound || (entry.at === mark.bound && !mark.given.has(entry.mark))) &&
    (entry.at < mark.floor || mark.members.has(entry.mark))
  const read = await readBackwards(list, mark.bound, (entries) => {
    return [...entries.values()].filter(isOlder).length > limit
  })
  const shown = inOrder(read.entries.values()).filter(isOlder)
  const given = shown.slice(-limit)
  const older = shown.slice(0, -limit)
  return {
    messages: messagesOf(given),
    before: historyBefore(given, older, read.complete, mark),
    now: read.now,
  }
}
