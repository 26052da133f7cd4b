/**
 * A visitor's own messages come back in polls under the ids they were sent under. Where Salesforce takes
 * our ids they do so by themselves; where it chooses its own, its answer to the send tells which is which.
 */
import type { Entry, EntryPage } from '../polling/entries.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import { clockMarginMs, type SendResult } from '../salesforce/messaging.js'
import type { MessageIdMap, PendingMessage } from '../store/message-id-map.js'
import type { MessageKey } from '../store/send-log.js'

export type EchoMatching = {
  /** Says something so that its echo will be known; gives Salesforce's time for it. */
  track(message: MessageKey, send: () => Promise<SendResult>): Promise<number>
  /**
   * The page with our ids. A visitor's message that may be the echo of one still under way is left out,
   * as if it were late: it is in the next page.
   */
  matchEchoes(conversationId: string, page: EntryPage): Promise<EntryPage>
}

/** For a Salesforce that goes by our ids. */
export const matchById: EchoMatching = {
  track: async (_message, send) => (await send()).at,
  matchEchoes: async (_conversationId, page) => page,
}

function isFromVisitor({ message }: Entry): boolean {
  return message?.sender.role === 'EndUser'
}

function renamed(entry: Entry, id: string): Entry {
  return entry.message ? { ...entry, message: { ...entry.message, id } } : entry
}

/** Tells that an entry is young enough to be a message that is still under way. */
function mayBe({ since, until }: PendingMessage, ageMs: number): boolean {
  return until > Date.now() && ageMs <= Date.now() - since + clockMarginMs
}

/** For a Salesforce that names messages by itself. */
export function createEchoMatching(messageIdMap: MessageIdMap): EchoMatching {
  /** Nothing was sent yet when this fails. */
  async function expect(message: MessageKey): Promise<void> {
    const since = Date.now()
    await messageIdMap.expect(message, { since, until: since + remainingMs() }).catch(() => {
      throw new GatewayError('store_unavailable', { effect: 'none' })
    })
  }

  return {
    async track(message, send) {
      await expect(message)
      const result = await send().catch(async (error: unknown) => {
        await messageIdMap.resolve(message, null).catch(() => undefined)
        throw error
      })
      const record = () => messageIdMap.resolve(message, result.listedAs)
      // Without its name it would be shown as somebody else's, so a stumble of Redis is not the end.
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
        const isAwaited = pending.some((each) => mayBe(each, page.now - entry.at))
        return isFromVisitor(entry) && isAwaited ? [] : entry
      })
      return { ...page, entries }
    },
  }
}
