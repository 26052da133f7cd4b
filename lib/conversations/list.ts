/** Lists the visitor's conversations from the record; on demand, as Salesforce lists them now. */
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { ConversationsReply } from '../contract/replies.js'
import { isProblem } from '../problem.js'
import type { ListedConversation, Messaging } from '../salesforce/messaging.js'
import {
  type StoredConversation,
  salesforceIdOf,
  type VisitorConversations,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import { inBatches } from './batches.js'
import { newestFirst } from './capacity.js'
import type { Listing as EntryListing } from './listing.js'

type Options = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  listing: EntryListing
  clock: Clock
}
type Listing = Promise<readonly ListedConversation[]>

export function createList({ messaging, records, access, listing, clock }: Options) {
  function isOpen(conversation: StoredConversation): boolean {
    return conversation.status === 'open' && access.isAlive(conversation)
  }

  /**
   * Maps a conversation to the reply. A lost one is over as well, since its token expired if that
   * is the reason.
   */
  function toReply(conversation: StoredConversation): ConversationsReply['conversations'][number] {
    const { id: conversationId, startedAt, endedAt, expiresAt } = conversation
    const common = { conversationId, startedAt: isoTime(startedAt) }
    if (isOpen(conversation)) return { ...common, status: 'open' }
    const expiredAt = expiresAt !== null && expiresAt <= clock.now() ? expiresAt : null
    const overSince = endedAt ?? expiredAt
    return { ...common, status: 'ended', ...(overSince && { endedAt: isoTime(overSince) }) }
  }

  /** Makes a function that lists once for each token, for all the conversations that share it. */
  function createSharedListing(): (token: string) => Listing {
    const listings = new Map<string, Listing>()
    return (token) => {
      const listed = listings.get(token) ?? messaging.listConversations(token)
      listings.set(token, listed)
      return listed
    }
  }

  /**
   * Returns the present state of an open conversation, and records it when it is over; as it is
   * known, while its budget of looks is used up. The token travels with the answer of the budget.
   */
  async function refreshStatus(
    visitorId: string,
    conversation: StoredConversation,
    listFor: (token: string) => Listing,
  ): Promise<StoredConversation> {
    const [{ allowed }, token] = await Promise.all([
      listing.take({ visitorId, conversation }),
      records.readToken(visitorId, conversation),
    ])
    if (!allowed) return conversation
    const owned = { visitorId, conversation, token }
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
   * is asked which of the open ones are over, five at a time; its failure is an error.
   */
  return async function list(
    visitorId: string,
    { conversations }: VisitorConversations,
    { refresh }: { refresh: boolean },
  ): Promise<ConversationsReply> {
    const listFor = createSharedListing()
    const started = conversations.filter(({ status }) => status !== 'starting')
    const asked = started.filter((conversation) => refresh && isOpen(conversation))
    const refreshed = await inBatches(asked, (conversation) =>
      refreshStatus(visitorId, conversation, listFor),
    )
    const unasked = started.filter((conversation) => !asked.includes(conversation))
    return { conversations: newestFirst([...unasked, ...refreshed]).map(toReply) }
  }
}
