/**
 * A visitor's own messages come back in polls under the ids they were sent under. Where Salesforce takes
 * our ids they do so by themselves; where it chooses its own, its answer to the send tells which is which.
 */
import type { Entry, EntryPage } from '../polling/entries.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Said } from '../salesforce/messaging.js'
import type { Awaited, EchoBook } from '../store/echoes.js'
import type { MessageKey } from '../store/sends.js'

export type Echoes = {
  /** Says something so that its echo will be known; gives Salesforce's time for it. */
  follow(message: MessageKey, say: () => Promise<Said>): Promise<number>
  /**
   * The page with our ids. A visitor's message that may be the echo of one still under way is left out,
   * as if it were late: it is in the next page.
   */
  recognise(conversationId: string, page: EntryPage): Promise<EntryPage>
}

/** For a Salesforce that goes by our ids. */
export const selfEvident: Echoes = {
  follow: async (_message, say) => (await say()).at,
  recognise: async (_conversationId, page) => page,
}

/** Between Salesforce's clock as its answers tell it (whole seconds) and its entries. */
const marginMs = 5000

function isVisitors({ message }: Entry): boolean {
  return message?.sender.role === 'EndUser'
}

function renamed(entry: Entry, id: string): Entry {
  return entry.message ? { ...entry, message: { ...entry.message, id } } : entry
}

/** Whether an entry is young enough to be what is still under way. */
function mayBe({ since, until }: Awaited, ageMs: number): boolean {
  return until > Date.now() && ageMs <= Date.now() - since + marginMs
}

/** For a Salesforce that names messages by itself. */
export function createEchoes(book: EchoBook): Echoes {
  /** Nothing was sent yet when this fails. */
  async function expect(message: MessageKey): Promise<void> {
    const since = Date.now()
    await book.expect(message, { since, until: since + remainingMs() }).catch(() => {
      throw new GatewayError('store_unavailable', { effect: 'none' })
    })
  }

  return {
    async follow(message, say) {
      await expect(message)
      const told = await say().catch(async (error: unknown) => {
        await book.settle(message, null).catch(() => undefined)
        throw error
      })
      const note = () => book.settle(message, told.listedAs)
      // Without its name it would be shown as somebody else's, so a stumble of Redis is not the end.
      await note()
        .catch(note)
        .catch(() => undefined)
      return told.at
    },

    async recognise(conversationId, page) {
      const names = page.entries.filter(isVisitors).map(({ id }) => id)
      if (names.length === 0) return page
      const { ids, awaited } = await book.find(conversationId, names)
      const entries = page.entries.flatMap((entry) => {
        const id = ids.get(entry.id)
        if (id !== undefined) return renamed(entry, id)
        const isAwaited = awaited.some((each) => mayBe(each, page.now - entry.at))
        return isVisitors(entry) && isAwaited ? [] : entry
      })
      return { ...page, entries }
    },
  }
}
