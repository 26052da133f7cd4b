/** The visitor's own conversations, from the record; on demand as Salesforce sees them now. */
import { isoTime } from '../contract/common.js'
import type { ConversationsReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { ListedConversation, Messaging } from '../salesforce/messaging.js'
import { nameOf, type StoredConversation, type VisitorRecord } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Own, Reaches } from './reach.js'

type Options = { messaging: Messaging; records: Records; reaches: Reaches }
type Listing = Promise<readonly ListedConversation[]>

export function createLister({ messaging, records, reaches }: Options) {
  function isOpen(conversation: StoredConversation): boolean {
    return conversation.status === 'open' && reaches.isAlive(conversation)
  }

  /** A lost conversation is over as well, from when its token ended if that is why. */
  function toReply(conversation: StoredConversation): ConversationsReply['conversations'][number] {
    const { id: conversationId, startedAt, endedAt, expiresAt } = conversation
    const common = { conversationId, startedAt: isoTime(startedAt) }
    if (isOpen(conversation)) return { ...common, status: 'open' }
    const expiredAt = expiresAt !== null && expiresAt <= Date.now() ? expiresAt : null
    const overSince = endedAt ?? expiredAt
    return { ...common, status: 'ended', ...(overSince && { endedAt: isoTime(overSince) }) }
  }

  /** Asks once for each token, however many conversations share it. */
  function createInquiry(): (token: string) => Listing {
    const asked = new Map<string, Listing>()
    return (token) => {
      const listing = asked.get(token) ?? messaging.conversations(token)
      asked.set(token, listing)
      return listing
    }
  }

  /** What has become of an open conversation, noted in the record when it is over. */
  async function reconcile(own: Own, ask: (token: string) => Listing): Promise<StoredConversation> {
    const { conversation, visitorId } = own
    try {
      const listed = await reaches.within(own, ({ token }) => ask(token))
      const endedAt = listed.find(({ id }) => id === nameOf(conversation))?.endedAt ?? null
      if (endedAt === null) return conversation
      const ended: StoredConversation = { ...conversation, status: 'ended', endedAt }
      await records.replace(visitorId, conversation, ended)
      return ended
    } catch (error) {
      if (!isProblem(error, 'conversation_lost')) throw error
      return { ...conversation, status: 'lost' }
    }
  }

  /**
   * Newest first; what is only being started is left out. With `refresh` Salesforce is asked which of
   * the open ones are over; when it does not answer, that is told rather than passed over.
   */
  return async function list(
    visitorId: string,
    { conversations, passOf }: VisitorRecord,
    { refresh }: { refresh: boolean },
  ): Promise<ConversationsReply> {
    const ask = createInquiry()
    const begun = conversations.filter(({ status }) => status !== 'starting')
    const known = await Promise.all(
      begun.map((conversation) => {
        const isAsked = refresh && isOpen(conversation)
        return isAsked
          ? reconcile({ visitorId, conversation, pass: passOf(conversation) }, ask)
          : conversation
      }),
    )
    const sorted = known.sort((a, b) => b.startedAt - a.startedAt)
    return { conversations: sorted.map(toReply) }
  }
}
