/**
 * Gives a visitor's own messages, in polls, the ids they were sent under. Where Salesforce takes
 * our ids, they have them already; where it chooses its own, its response to the send tells which
 * is which.
 */
import type { Clock } from '../clock.js'
import type { Entry, EntryPage } from '../polling/entries.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import { clockMarginMs, type SendResult } from '../salesforce/messaging.js'
import type { MessageIdMap, PendingMessage } from '../store/message-id-map.js'
import type { MessageKey } from '../store/send-log.js'

export type EchoMatching = {
  /**
   * Sends a message so that its echo will be recognised; returns Salesforce's time for it, epoch
   * milliseconds.
   */
  track(key: MessageKey, send: () => Promise<SendResult>): Promise<number>
  /**
   * Returns the page with our ids. A visitor's message that may be the echo of one still under way
   * is left out, as if it were late: it is in the next page.
   */
  matchEchoes(conversationId: string, page: EntryPage): Promise<EntryPage>
}

/** Matches nothing: this Salesforce goes by our ids. */
export const matchById: EchoMatching = {
  track: async (_key, send) => (await send()).at,
  matchEchoes: async (_conversationId, page) => page,
}

function isFromVisitor({ message }: Entry): boolean {
  return message?.sender.role === 'EndUser'
}

function renamed(entry: Entry, id: string): Entry {
  return entry.message ? { ...entry, message: { ...entry.message, id } } : entry
}

/** Tells that an entry is young enough to be a message that is still under way. */
function mayBe({ since, until }: PendingMessage, ageMs: number, clock: Clock): boolean {
  return until > clock.earliest() && ageMs <= clock.latest() - since + clockMarginMs
}

/** Matches by the ids that Salesforce chose, where it names messages by itself. */
export function createEchoMatching(messageIdMap: MessageIdMap, clock: Clock): EchoMatching {
  /**
   * Notes that a message is about to be sent. Nothing was sent yet when this fails.
   * @throws {GatewayError} store_unavailable
   */
  async function expect(key: MessageKey): Promise<void> {
    const pending = { since: clock.earliest(), until: clock.latest() + remainingMs() }
    await messageIdMap.expect(key, pending).catch(() => {
      throw new GatewayError('store_unavailable', { effect: 'none' })
    })
  }

  return {
    async track(key, send) {
      await expect(key)
      const result = await send().catch(async (error: unknown) => {
        await messageIdMap.resolve(key, null).catch(() => undefined)
        throw error
      })
      const record = () => messageIdMap.resolve(key, result.listedAs)
      // Without its id the echo would be shown as another message, so a failed write is tried once more.
      await record()
        .catch(record)
        .catch(() => undefined)
      return result.at
    },

    async matchEchoes(conversationId, page) {
      const listedIds = page.entries.filter(isFromVisitor).map(({ id }) => id)
      if (listedIds.length === 0) return page
      const { ids, pending } = await messageIdMap.lookUp(conversationId, listedIds)
      const entries = page.entries.flatMap((entry) => {
        const id = ids.get(entry.id)
        if (id !== undefined) return renamed(entry, id)
        const isAwaited = pending.some((each) => mayBe(each, page.now - entry.at, clock))
        return isFromVisitor(entry) && isAwaited ? [] : entry
      })
      return { ...page, entries }
    },
  }
}
