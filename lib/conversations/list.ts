/** The visitor's own conversations, from the record; on demand as Salesforce sees them now. */
import { isoTime } from '../contract/common.js'
import type { ConversationsReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { ListedConversation, Messaging } from '../salesforce/messaging.js'
import { type StoredConversation, salesforceIdOf, type VisitorRecord } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; records: Records; access: ConversationAccess }
type Listing = Promise<readonly ListedConversation[]>

export function createList({ messaging, records, access }: Options) {
  function isOpen(conversation: StoredConversation): boolean {
    return conversation.status === 'open' && access.isAlive(conversation)
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
  function createSharedListing(): (token: string) => Listing {
    const listings = new Map<string, Listing>()
    return (token) => {
      const listing = listings.get(token) ?? messaging.listConversations(token)
      listings.set(token, listing)
      return listing
    }
  }

  /** Returns the present state of an open conversation, and records it when it is over. */
  async function reconcile(
    owned: OwnedConversation,
    listFor: (token: string) => Listing,
  ): Promise<StoredConversation> {
    const { conversation, visitorId } = owned
    try {
      const listed = await access.withConversation(owned, ({ token }) => listFor(token))
      const endedAt = listed.find(({ id }) => id === salesforceIdOf(conversation))?.endedAt ?? null
      if (endedAt === null) return conversation
      const ended: StoredConversation = { ...conversation, status: 'ended', endedAt }
      await records.replaceConversation(visitorId, conversation, ended)
      return ended
    } catch (error) {
      if (!isProblem(error, 'conversation_lost')) throw error
      return { ...conversation, status: 'lost' }
    }
  }

  /**
   * Lists the newest first, without those that are only being started. With `refresh`, Salesforce
   * is asked which of the open ones are over; its failure is an error.
   */
  return async function list(
    visitorId: string,
    { conversations, tokenOf }: VisitorRecord,
    { refresh }: { refresh: boolean },
  ): Promise<ConversationsReply> {
    const listFor = createSharedListing()
    const started = conversations.filter(({ status }) => status !== 'starting')
    const known = await Promise.all(
      started.map((conversation) => {
        const isAsked = refresh && isOpen(conversation)
        return isAsked
          ? reconcile({ visitorId, conversation, token: tokenOf(conversation) }, listFor)
          : conversation
      }),
    )
    const sorted = known.sort((a, b) => b.startedAt - a.startedAt)
    return { conversations: sorted.map(toReply) }
  }
}
