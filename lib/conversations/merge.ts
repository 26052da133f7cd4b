/** Merges a guest who signs in: the guest's conversations become the known visitor's. */
import { GatewayError, isProblem } from '../problem.js'
import type { Locks } from '../store/locks.js'
import {
  type Attributes,
  type ConversationTokens,
  type Device,
  hasOwnToken,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import { inBatches } from './batches.js'
import type { Capacity } from './capacity.js'
import type { createEnd } from './end.js'
import type { OwnedConversation, SalesforceTokens } from './salesforce-tokens.js'

type Options = {
  records: Records
  locks: Locks
  tokens: SalesforceTokens
  capacity: Capacity
  end: ReturnType<typeof createEnd>
}

/** Describes a guest's conversation, with the routing values that pass to the visitor with it. */
type Coming = OwnedConversation & { routingAttributes: Attributes }

function ownedBy(visitorId: string, { conversations, tokenOf }: ConversationTokens) {
  return conversations.map((conversation): OwnedConversation => {
    return { visitorId, conversation, token: tokenOf(conversation) }
  })
}

export function createMerge({ records, locks, tokens, capacity, end }: Options) {
  async function handOver(
    { visitorId: guestId, conversation, token: sealed, routingAttributes }: Coming,
    visitorId: string,
  ) {
    const isOwn = hasOwnToken(visitorId, conversation)
    const token = isOwn && sealed ? tokens.reseal(sealed, guestId, visitorId) : null
    await records.adoptConversation(visitorId, conversation, { token, routingAttributes })
  }

  /** Returns the conversations of both; one that was handed over already is the visitor's. */
  async function readBoth(guest: Device, visitorId: string) {
    const visitor: Device = { id: visitorId, family: '', since: Number.MAX_SAFE_INTEGER }
    const [ofVisitor, ofGuest] = await Promise.all([
      records.readWithTokens(visitor),
      records.readForMove(guest),
    ])
    const kept = ownedBy(visitorId, ofVisitor)
    const ids = new Set(kept.map(({ conversation }) => conversation.id))
    const coming = ownedBy(guest.id, ofGuest)
      .filter(({ conversation }) => !ids.has(conversation.id))
      .map((owned): Coming => {
        return { ...owned, routingAttributes: ofGuest.routingAttributesOf(owned.conversation) }
      })
    return { kept, coming, all: [...kept, ...coming] }
  }

  /**
   * Ends one conversation; one that Salesforce does not let us end is over already.
   * @throws {GatewayError} upstream_unavailable, store_unavailable
   */
  async function endSurplus(owned: OwnedConversation): Promise<void> {
    try {
      await end(owned, 'conversation')
    } catch (error) {
      if (!isProblem(error) || error.code === 'store_unavailable') throw error
      if (error.code === 'conversation_lost') return
      throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
    }
  }

  /**
   * Brings both records together within the maximum of one: the oldest open conversations above it
   * are ended first, and the oldest ended ones are dropped.
   */
  async function bringTogether(guest: Device, visitorId: string): Promise<void> {
    let both = await readBoth(guest, visitorId)
    const surplus = new Set(capacity.surplus(both.all.map(({ conversation }) => conversation)))
    if (surplus.size > 0) {
      const ending = both.all.filter(({ conversation }) => surplus.has(conversation))
      await inBatches(ending, endSurplus)
      both = await readBoth(guest, visitorId)
    }
    const { kept, coming, all } = both
    const outdated = new Set(
      capacity.outdated(
        all.map(({ conversation }) => conversation),
        0,
      ),
    )
    const isOutdated = ({ conversation }: OwnedConversation) => outdated.has(conversation.id)
    const dropped = kept.filter(isOutdated).map(({ conversation }) => conversation.id)
    if (dropped.length > 0) await records.deleteConversations(visitorId, dropped)
    for (const owned of coming.filter((each) => !isOutdated(each))) await handOver(owned, visitorId)
  }

  /**
   * Hands all conversations over, then writes the guest's tombstone. A merge that was cut off is
   * finished by the next try; the guest's own starts, and the visitor's, wait meanwhile.
   * @throws {GatewayError} refresh_rejected when the guest belongs to another visitor already
   * @throws {GatewayError} upstream_unavailable when Salesforce does not end what is too much
   */
  return function merge(guest: Device, visitorId: string): Promise<void> {
    return locks.withLock(guest.id, 'start', async () => {
      const target = await records.reserveMerge(guest.id, visitorId)
      if (target !== visitorId) throw new GatewayError('refresh_rejected')
      const { isRevoked, conversations } = await records.readConversations(guest)
      if (isRevoked) return
      if (conversations.length > 0) {
        await locks.withLock(visitorId, 'start', () => bringTogether(guest, visitorId))
      }
      await records.writeTombstone(guest.id, visitorId)
    })
  }
}
