/** Reads Salesforce's list page by page, in either direction, until enough is known. */
import type { Entry, EntryPage, ListEntries } from './entries.js'
import { fingerprint, maxPages, type Placed } from './window.js'

/** What was read: each id once, with the newest timestamp it was listed under. */
export type Harvest = {
  entries: ReadonlyMap<string, Placed>
  /** The end of the list was reached. */
  complete: boolean
  /** Salesforce's clock, epoch milliseconds. */
  now: number
}

type Direction = {
  /** The page after this one; bounds overlap by a millisecond, for it is not evidenced whether they are inclusive. */
  read: (
    previous: { request: number; page: EntryPage } | null,
  ) => Promise<{ request: number; page: EntryPage }>
  /** Grows in the order of the list, oldest first. */
  step: 1 | -1
}

async function harvest(
  direction: Direction,
  isEnough: (entries: ReadonlyMap<string, Placed>) => boolean,
): Promise<Harvest> {
  const entries = new Map<string, Placed>()
  let position = 0
  let previous: { request: number; page: EntryPage } | null = null
  for (let pages = 0; pages < maxPages; pages++) {
    previous = await direction.read(previous)
    const { page } = previous
    for (const entry of page.entries) {
      position += direction.step
      keep(entries, entry, position)
    }
    const { now } = page
    if (!page.full) return { entries, complete: true, now }
    if (page.entries.length === 0 || isEnough(entries)) return { entries, complete: false, now }
  }
  return { entries, complete: false, now: previous?.page.now ?? Date.now() }
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

/** Reads from a moment on (0: from the beginning), oldest first. */
export function readOnwards(
  list: ListEntries,
  from: number,
  isEnough: (entries: ReadonlyMap<string, Placed>) => boolean,
): Promise<Harvest> {
  return harvest(
    {
      step: 1,
      async read(previous) {
        const request = previous
          ? Math.max(newestOf(previous.page) - 1, previous.request + 1)
          : Math.max(0, from - 1)
        const page = await list({ order: 'oldestFirst', ...(request > 0 && { from: request }) })
        return { request, page }
      },
    },
    isEnough,
  )
}

/** Reads back from a moment (`Infinity`: from the newest entry), newest first. */
export function readBackwards(
  list: ListEntries,
  to: number,
  isEnough: (entries: ReadonlyMap<string, Placed>) => boolean,
): Promise<Harvest> {
  return harvest(
    {
      step: -1,
      async read(previous) {
        const request = previous
          ? Math.min(oldestOf(previous.page) + 1, previous.request - 1)
          : to + 1
        const bound = Number.isFinite(request) && { to: request }
        return { request, page: await list({ order: 'newestFirst', ...bound }) }
      },
    },
    isEnough,
  )
}

function newestOf({ entries }: EntryPage): number {
  return entries.reduce((newest, { at }) => Math.max(newest, at), 0)
}

function oldestOf({ entries }: EntryPage): number {
  return entries.reduce((oldest, { at }) => Math.min(oldest, at), Number.MAX_SAFE_INTEGER)
}
