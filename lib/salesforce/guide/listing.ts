/**
 * Reads the guide's list, which continues after a message, may repeat and reorder, and does not say
 * if it is complete. It is requested again while it returns full pages with new messages
 * (`docs/guide-dialect.md`).
 */
import type { Entry } from '../../polling/entries.js'

/** Describes one answer of the list. `now`: its clock, epoch milliseconds. */
export type Listing = { entries: readonly Entry[]; now: number }

/** So many messages at once may be a page that others follow. */
const fullPageSize = 50
const maxRequests = 40

/**
 * Returns the message to read on from: the newest before the last moment, whose messages may come
 * in another order next time; where there is but one moment, the last message.
 */
function lastSettled(entries: readonly Entry[]): string | undefined {
  const newest = entries.reduce((latest, { at }) => Math.max(latest, at), 0)
  const settled = entries.filter(({ at }) => at < newest).sort((a, b) => a.at - b.at)
  return (settled.at(-1) ?? entries.at(-1))?.id
}

/** Reads the whole list after a message (undefined: from the beginning), each message once. */
export async function readAll(
  fetchListing: (after: string | undefined) => Promise<Listing>,
  after?: string,
): Promise<Listing> {
  const found = new Map<string, Entry>()
  let from = after
  for (let requests = 1; ; requests++) {
    const { entries, now } = await fetchListing(from)
    const fresh = entries.filter(({ id }) => !found.has(id))
    for (const entry of fresh) if (!found.has(entry.id)) found.set(entry.id, entry)
    const distinct = new Set(entries.map(({ id }) => id)).size
    const isAll = distinct < fullPageSize || fresh.length === 0
    if (isAll || requests === maxRequests) return { entries: [...found.values()], now }
    from = lastSettled(entries)
  }
}
