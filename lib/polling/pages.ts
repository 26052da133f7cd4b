/** Reads Salesforce's list page by page, in either direction, until enough is known. */
import type { Entry, EntryPage, ListEntries } from './entries.js'
import { fingerprint, maxPages, type Placed } from './window.js'

/** What was read: each id once, with the newest timestamp it was listed under. */
export type Harvest = {
  entries: ReadonlyMap<string, Placed>
  /** The end of the list was reached. */
  complete: boolean
  /** Salesforce's clock at the first and at the last page, epoch milliseconds. */
  startedAt: number
  now: number
}

/** One request of a reading: its bound (0 or `Infinity`: none) and the page it brought. */
type Step = { bound: number; page: EntryPage }

type Direction = {
  read: (bound: number) => Promise<EntryPage>
  /** The bound of the next request; `isInclusive`: this reading saw that bounds include their millisecond. */
  next: (last: Step, isInclusive: boolean) => number
  /** 1: the list comes oldest first. */
  step: 1 | -1
}

type IsEnough = (entries: ReadonlyMap<string, Placed>) => boolean

async function harvest(direction: Direction, first: number, isEnough: IsEnough): Promise<Harvest> {
  const entries = new Map<string, Placed>()
  let position = 0
  let bound = first
  let startedAt: number | undefined
  let isInclusive = false
  for (let pages = 1; ; pages++) {
    const page = await direction.read(bound)
    startedAt ??= page.now
    for (const entry of page.entries) {
      position += direction.step
      keep(entries, entry, position)
      isInclusive ||= entry.at === bound
    }
    const complete = !page.full || page.entries.length === 0
    const read = { entries, complete, startedAt, now: page.now }
    if (complete || pages === maxPages || isEnough(entries)) return read
    bound = direction.next({ bound, page }, isInclusive)
  }
}

/** A repeated entry keeps its first place in the list and its earliest timestamp. */
function keep(entries: Map<string, Placed>, entry: Entry, position: number) {
  const known = entries.get(entry.id)
  const lastAt = Math.max(entry.at, known?.lastAt ?? 0)
  const first = known && known.at <= entry.at ? known : entry
  entries.set(entry.id, {
    ...first,
    position: known?.position ?? position,
    mark: known?.mark ?? fingerprint(entry.id),
    lastAt,
  })
}

/**
 * Reads from a moment on (0: from the beginning), oldest first; `after`: an entry older than that, null
 * when none is known. Bounds overlap by a millisecond until it is seen that they are inclusive, which
 * is not evidenced (`enhanced-chat-api.md §3.7`).
 */
export function readOnwards(
  list: ListEntries,
  { from, after }: { from: number; after: string | null },
  isEnough: IsEnough,
) {
  const behind = after !== null && { after }
  const direction: Direction = {
    step: 1,
    read: (bound) => list({ order: 'oldestFirst', ...(bound > 0 && { from: bound }), ...behind }),
    next: ({ bound, page }, isInclusive) =>
      Math.max(newestOf(page) - (isInclusive ? 0 : 1), bound + 1),
  }
  return harvest(direction, Math.max(0, from - 1), isEnough)
}

/** Reads back from a moment (`Infinity`: from the newest entry), newest first. */
export function readBackwards(list: ListEntries, to: number, isEnough: IsEnough) {
  const direction: Direction = {
    step: -1,
    read: (bound) => list({ order: 'newestFirst', ...(Number.isFinite(bound) && { to: bound }) }),
    next: ({ bound, page }, isInclusive) =>
      Math.min(oldestOf(page) + (isInclusive ? 0 : 1), bound - 1),
  }
  return harvest(direction, to + 1, isEnough)
}

function newestOf({ entries }: EntryPage): number {
  return entries.reduce((newest, { at }) => Math.max(newest, at), 0)
}

function oldestOf({ entries }: EntryPage): number {
  return entries.reduce((oldest, { at }) => Math.min(oldest, at), Number.MAX_SAFE_INTEGER)
}
