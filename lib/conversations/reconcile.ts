/** Finds out whether a message whose attempt was given up arrived, by looking for its id in the list. */
import type { Clock } from '../clock.js'
import { growingPauses, pause } from '../pauses.js'
import type { Entry } from '../polling/entries.js'
import { isProblem } from '../problem.js'
import { remainingMs } from '../request.js'
import { type ConversationRef, clockMarginMs } from '../salesforce/messaging.js'
import type { Listing, WhenEmpty } from './listing.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/**
 * Describes the result of a look; `absent` only when a whole look, begun after the time in which an
 * effect may show, found nothing.
 */
export type DeliveryStatus =
  | { status: 'arrived'; at: number }
  | { status: 'absent' | 'unknown'; at: 0 }

/** Sets the first and the longest pause between two looks, in milliseconds. */
const firstPauseMs = 250
const longestPauseMs = 1000
const maxPages = 10

/**
 * Gives a look up that failed. A refused token is no such failure: whoever reaches the conversation
 * renews it, and looks again.
 */
function giveUpLook(error: unknown): undefined {
  if (!isProblem(error) || error.details.isTokenRefused) throw error
  return undefined
}

type Options = { listing: Listing; clock: Clock; settleMs: number }

/** Describes a conversation as its owner reaches it, and the id of a message that may be in it. */
export type Search = { owned: OwnedConversation; ref: ConversationRef; id: string }

type Reconciliation = ReturnType<typeof createReconciliation>

/** Finds nothing: where Salesforce chooses the ids of messages, none can be looked for. */
export const noReconciliation: Reconciliation = {
  reconcile: async () => ({ status: 'unknown', at: 0 }),
  findEntry: async () => undefined,
  look: async () => undefined,
}

export function createReconciliation({ listing, clock, settleMs }: Options) {
  /**
   * Looks once for the entry, as far back as its first attempt; null when it is not there, undefined
   * when there are too many entries to tell.
   * @throws {GatewayError} when the list cannot be read, or the budget does not allow it
   */
  async function look(
    { owned, ref, id }: Search,
    since: number,
    whenEmpty: WhenEmpty,
  ): Promise<Entry | null | undefined> {
    const list = listing.entriesOf(owned, ref, whenEmpty)
    const elapsedMs = clock.latest() - since
    let endTimestamp = Number.POSITIVE_INFINITY
    for (let pages = 0; pages < maxPages; pages++) {
      const bound = Number.isFinite(endTimestamp) && { endTimestamp }
      const page = await list({ order: 'newestFirst', ...bound })
      const found = page.entries.find((entry) => entry.id === id)
      if (found) return found
      const oldest = page.entries.reduce((least, { at }) => Math.min(least, at), endTimestamp)
      if (!page.full || oldest < page.now - elapsedMs - clockMarginMs) return null
      endTimestamp = Math.min(oldest + 1, endTimestamp - 1)
    }
    return undefined
  }

  /** Looks once for the entry; undefined as well when the list cannot be read. */
  function findEntry(search: Search, since: number, whenEmpty: WhenEmpty) {
    return look(search, since, whenEmpty).catch(giveUpLook)
  }

  /**
   * Looks until the message is found, or until it is certain that it did not arrive. These looks may
   * borrow: exactly-once goes first. `since`: when its first attempt began; `givenUpAt`: when its last
   * one was given up (both by the shared clock).
   * @throws {GatewayError} conversation_lost when Salesforce refuses the token
   */
  async function reconcile(
    search: Search,
    since: number,
    givenUpAt: number,
  ): Promise<DeliveryStatus> {
    const settledAt = givenUpAt + settleMs
    for (const pauseMs of growingPauses(firstPauseMs, longestPauseMs)) {
      const isLate = clock.earliest() >= settledAt
      const found = await look(search, since, 'settle').catch(giveUpLook)
      if (found) return { status: 'arrived', at: found.at }
      if (isLate && found === null) return { status: 'absent', at: 0 }
      const leftMs = remainingMs() - firstPauseMs
      if (leftMs < firstPauseMs) break
      const settlesInMs = isLate ? 0 : settledAt - clock.earliest()
      await pause(Math.min(Math.max(pauseMs, settlesInMs), leftMs))
    }
    return { status: 'unknown', at: 0 }
  }

  return { look, reconcile, findEntry }
}
