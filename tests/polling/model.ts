/**
 * Models Salesforce's list of entries independently, with everything a poll must survive: late
 * entries, entries ahead of the clock, shuffled milliseconds, repeats, omissions, aborted calls and
 * bounds of either kind.
 */
import type {
  Entry,
  EntryMessage,
  EntryPage,
  ListEntries,
  PageRequest,
  StateChange,
} from '../../lib/polling/entries.js'
import { GatewayError } from '../../lib/problem.js'

/** One line of the entry log: what Salesforce knows, and from when on its list shows it. */
export type Line = {
  id: string
  at: number
  visibleAt: number
  forVisitors: boolean
  /** Listed a second time, this many rows behind its first row; null: listed once. */
  repeatedAfter: number | null
  change: StateChange | null
}

/** A stretch of conversation, expanded into lines with a seeded generator. */
export type Stretch = {
  /** Milliseconds between the last line before and the first line of this stretch. */
  gapMs: number
  count: number
  /** The lines are spread at random over this many milliseconds. */
  spanMs: number
  /** Percentages of lines that are late, for staff only, or repeated. */
  latePercent: number
  /** Percentage of lines that carry a time ahead of Salesforce's clock when they become visible. */
  aheadPercent?: number
  staffPercent: number
  repeatedPercent: number
}

export type EntryLogShape = {
  seed: number
  stretches: readonly Stretch[]
  /**
   * Never more lines than this in any window of 31 seconds: a longer gap is put in between stretches,
   * each of which must keep to it by itself.
   */
  perWindow?: number
}

export const beginning = 1_795_000_000_000
export const windowMs = 30_000
const pageSize = 50
const perMillisecond = 25

/** Creates a small seeded generator (mulberry32): a number from 0 up to, not including, `below`. */
export function createDice(seed: number) {
  let state = seed >>> 0
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const latenesses = [1, 40, 1_000, 15_000, 29_000, 29_999, 30_000]
const leads = [1, 1_000, 29_999, 30_001, 60_000, 3_600_000]
const repeatDistances = [0, 1, 7, 49, 60]

/** Expands stretches into lines, oldest first. */
export function createEntryLog({ seed, stretches, perWindow }: EntryLogShape): Line[] {
  const dice = createDice(seed)
  const lines: Line[] = []
  let end = beginning
  for (const stretch of stretches) {
    if (perWindow && stretch.count > perWindow) throw new Error('A stretch exceeds `perWindow`')
    const recent = lines.filter(({ at }) => at > end - windowMs - 1_000).length
    const isCrowded = recent + stretch.count > (perWindow ?? Number.POSITIVE_INFINITY)
    const start = end + stretch.gapMs + (isCrowded ? windowMs + 1_001 : 0)
    for (const at of moments(stretch, start, dice)) {
      const isAhead = dice(100) < (stretch.aheadPercent ?? 0)
      const isLate = !isAhead && dice(100) < stretch.latePercent
      const isRepeated = dice(100) < stretch.repeatedPercent
      lines.push({
        id: `entry-${seed}-${lines.length}`,
        at,
        visibleAt: at + pickIf(isLate, latenesses, dice) - pickIf(isAhead, leads, dice),
        forVisitors: dice(100) >= stretch.staffPercent,
        repeatedAfter: isRepeated ? (repeatDistances[dice(repeatDistances.length)] ?? 0) : null,
        change: null,
      })
      end = Math.max(end, at)
    }
  }
  return lines
}

function pickIf(isWanted: boolean, values: readonly number[], dice: (below: number) => number) {
  return isWanted ? (values[dice(values.length)] ?? 0) : 0
}

/**
 * Generates moments in order, at most 25 in one millisecond and none in one that is already used.
 */
function moments({ count, spanMs }: Stretch, start: number, dice: (below: number) => number) {
  const sorted = Array.from({ length: count }, () => start + dice(spanMs + 1)).sort((a, b) => a - b)
  const spread: number[] = []
  for (const wanted of sorted) {
    const last = spread.at(-1) ?? wanted
    const isFull = spread.length >= perMillisecond && spread.at(-perMillisecond) === last
    const earliest = isFull ? last + 1 : last
    spread.push(Math.max(wanted, earliest))
  }
  // Two stretches may touch in one millisecond; the second one then begins a millisecond later.
  return spread.map((at) => at + 1)
}

/** Makes a line by hand: visible at once, for visitors, listed once. */
export function line(id: string, at: number, rest: Partial<Line> = {}): Line {
  return {
    id,
    at,
    visibleAt: at,
    forVisitors: true,
    repeatedAfter: null,
    change: null,
    ...rest,
  }
}

function messageOf({ id, at }: Line): EntryMessage {
  return {
    id,
    messageType: 'StaticContentMessage',
    sender: { role: 'Agent', displayName: 'Dana' },
    timestamp: new Date(at).toISOString(),
    text: id,
    staticContent: { formatType: 'Text', text: id },
  }
}

function entryOf(row: Line): Entry {
  const { id, at, change } = row
  return { id, at, message: row.forVisitors ? messageOf(row) : null, change }
}

export type Trouble = {
  /** Percentage of the entries of the last 30 seconds that this call leaves out. */
  omitPercent?: number
  /** The call with this number (from 0) and every later one fails. */
  failsFrom?: number
  /** The call with this number (from 0) and every later one is refused by a limit. */
  refusedFrom?: number
  /** The clock moves on by this much after every call. */
  driftMs?: number
}

/** Start of a read: a moment, included or not; or, within one page, the place after an entry. */
export type Bounds = 'inclusive' | 'exclusive' | 'afterEntry'

export type Salesforce = ReturnType<typeof createSalesforce>

/** Imitates Salesforce as a list: its clock can be moved, and calls can fail. */
export function createSalesforce({
  entryLog,
  bounds,
  seed = 1,
}: {
  entryLog: readonly Line[]
  bounds: Bounds
  seed?: number
}) {
  const dice = createDice(seed)
  const sorted = [...entryLog].sort((a, b) => a.at - b.at)
  const reversed = sorted.toReversed()
  const clock = { now: beginning }
  const slack = bounds === 'exclusive' ? 1 : 0
  const most = bounds === 'afterEntry' ? Number.POSITIVE_INFINITY : pageSize
  const isRead = bounds === 'afterEntry' ? isAfter : isInside

  function isInside(at: number, request: PageRequest): boolean {
    if (request.order === 'oldestFirst') return at >= (request.startTimestamp ?? 0) + slack
    return at <= (request.endTimestamp ?? Number.POSITIVE_INFINITY) - slack
  }

  /** Lists what follows an entry, and again the entry with those of its millisecond and a few before. */
  function isAfter(at: number, request: PageRequest): boolean {
    if (request.order === 'newestFirst') return isInside(at, request)
    const index = sorted.findIndex(({ id }) => id === request.after)
    return at >= (sorted[Math.max(0, index - 3)]?.at ?? 0)
  }

  /**
   * Returns lines in the order asked for, those of one millisecond in any order, then the repeats.
   */
  function rowsOf(request: PageRequest, omitPercent: number): Line[] {
    const ordered = request.order === 'oldestFirst' ? sorted : reversed
    const start = firstIndex(ordered, ({ at }) => isRead(at, request))
    const rows: Line[] = []
    const repeats: { row: Line; due: number }[] = []
    let next = start
    while (next < ordered.length && rows.length < most) {
      const group = millisecondFrom(ordered, next)
      next += group.length
      for (const row of shuffled(group.filter(isListed), dice)) {
        rows.push(row)
        if (row.repeatedAfter !== null) {
          repeats.push({ row, due: rows.length + row.repeatedAfter })
        }
        releaseDue(repeats, rows)
      }
    }
    for (const { row } of repeats) rows.push(row)
    return rows

    function isListed({ at, visibleAt }: Line): boolean {
      if (visibleAt > clock.now) return false
      const isRecent = at > clock.now - windowMs
      return !(omitPercent > 0 && isRecent && dice(100) < omitPercent)
    }
  }

  return {
    clock,

    /** Returns the lines that a visitor can be shown by now. */
    shown: () => entryLog.filter((row) => row.forVisitors && row.visibleAt <= clock.now),

    /** Returns the list as one reading sees it, and counts its calls. */
    reading({ omitPercent = 0, failsFrom, refusedFrom, driftMs = 0 }: Trouble = {}) {
      const calls: PageRequest[] = []
      const list: ListEntries = async (request): Promise<EntryPage> => {
        if (failsFrom !== undefined && calls.length >= failsFrom) throw new Error('aborted')
        if (refusedFrom !== undefined && calls.length >= refusedFrom) {
          throw new GatewayError('rate_limited', { retryAfterMs: 3000 })
        }
        calls.push(request)
        const rows = rowsOf(request, omitPercent).slice(0, most)
        const page = {
          entries: rows.map(entryOf),
          full: rows.length === pageSize && bounds !== 'afterEntry',
          now: clock.now,
        }
        clock.now += driftMs
        return page
      }
      return { list, calls }
    },
  }
}

function firstIndex(ordered: readonly Line[], isInside: (row: Line) => boolean): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = ordered[middle]
    if (row && isInside(row)) high = middle
    else low = middle + 1
  }
  return low
}

function millisecondFrom(ordered: readonly Line[], start: number): Line[] {
  const at = ordered[start]?.at
  let end = start
  while (ordered[end]?.at === at && end < ordered.length) end++
  return ordered.slice(start, end)
}

function shuffled(rows: readonly Line[], dice: (below: number) => number): Line[] {
  return rows
    .map((row) => ({ row, key: dice(1_000_000) }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row)
}

function releaseDue(repeats: { row: Line; due: number }[], rows: Line[]) {
  for (let index = 0; index < repeats.length; ) {
    const repeat = repeats[index]
    if (!repeat || repeat.due > rows.length) {
      index++
      continue
    }
    rows.push(repeat.row)
    repeats.splice(index, 1)
  }
}
