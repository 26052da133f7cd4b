/** Finds out whether a message whose attempt was given up arrived, by looking for its id in the list. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../polling/entries.js'
import { isProblem } from '../problem.js'
import { remainingMs } from '../request.js'
import { type ConversationRef, clockMarginMs, type Messaging } from '../salesforce/messaging.js'

/** `absent` only when a whole look, begun after the time in which an effect may show, found nothing. */
export type DeliveryStatus =
  | { status: 'arrived'; at: number }
  | { status: 'absent' | 'unknown'; at: 0 }

const lookIntervalMs = 250
const maxPages = 10
type Options = { messaging: Messaging; settleMs: number }

type Reconciliation = ReturnType<typeof createReconciliation>

/** Finds nothing: where Salesforce chooses the ids of messages, none can be looked for. */
export const noReconciliation: Reconciliation = {
  reconcile: async () => ({ status: 'unknown', at: 0 }),
  findEntry: async () => undefined,
}

export function createReconciliation({ messaging, settleMs }: Options) {
  /** Reads back as far as the first attempt; undefined when the look could not be finished. */
  async function findEntry(
    ref: ConversationRef,
    id: string,
    since: number,
  ): Promise<Entry | null | undefined> {
    const elapsedMs = Date.now() - since
    let to = Number.POSITIVE_INFINITY
    for (let pages = 0; pages < maxPages; pages++) {
      const bound = Number.isFinite(to) && { to }
      const page = await messaging.listConversationEntries(ref, { order: 'newestFirst', ...bound })
      const found = page.entries.find((entry) => entry.id === id)
      if (found) return found
      const oldest = page.entries.reduce((least, { at }) => Math.min(least, at), to)
      if (!page.full || oldest < page.now - elapsedMs - clockMarginMs) return null
      to = Math.min(oldest + 1, to - 1)
    }
    return undefined
  }

  /** One look for the entry; null when it is not there, undefined when that could not be found out. */
  async function tryFindEntry(ref: ConversationRef, id: string, since: number) {
    try {
      return await findEntry(ref, id, since)
    } catch (error) {
      if (isProblem(error)) return undefined
      throw error
    }
  }

  /**
   * Looks until the message is found, or until it is certain that it did not arrive. `since`: when its
   * first attempt began; `givenUpAt`: when its last one was given up (both by our clock).
   */
  async function reconcile(
    ref: ConversationRef,
    id: string,
    since: number,
    givenUpAt: number,
  ): Promise<DeliveryStatus> {
    for (;;) {
      const isLate = Date.now() >= givenUpAt + settleMs
      const found = await tryFindEntry(ref, id, since)
      if (found) return { status: 'arrived', at: found.at }
      if (isLate && found === null) return { status: 'absent', at: 0 }
      if (remainingMs() < 2 * lookIntervalMs) return { status: 'unknown', at: 0 }
      await sleep(lookIntervalMs)
    }
  }

  return { reconcile, findEntry: tryFindEntry }
}
