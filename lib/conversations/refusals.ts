/**
 * Finds out why Salesforce answered 403 to something that a visitor sent. It answers so when the
 * conversation was closed a moment ago, in another tab say, when the session is over, and when the
 * visitor is no longer let in (`enhanced-chat-api.md §2`).
 */
import { GatewayError, isProblem } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Listing } from './listing.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; records: Records; listing: Listing }

export type Refusals = ReturnType<typeof createRefusals>

const rejectedNote =
  'Salesforce refused with 403 what a visitor sent in an open conversation: check that the ' +
  'channel offers it (files, typing indicators, receipts)'

/** Makes the error for what Salesforce refuses although the conversation is open. */
export function rejectedInOpenConversation(): GatewayError {
  return new GatewayError('upstream_rejected', { effect: 'none', note: rejectedNote })
}

/**
 * Throws a look that failed on. Nothing was sent, so the call can be repeated. A visitor who may
 * not look is not let in, and a refused token may be renewed.
 * @throws {GatewayError} upstream_unavailable, conversation_lost
 */
function lookFailed(error: unknown): never {
  if (!isProblem(error) || error.code === 'conversation_lost') throw error
  const { retryAfterMs } = error.details
  const delay = retryAfterMs !== undefined && { retryAfterMs }
  throw new GatewayError('upstream_unavailable', { effect: 'none', ...delay })
}

export function createRefusals({ messaging, records, listing }: Options) {
  /** Reads all that tells the reasons apart, at the same time. */
  async function look(owned: OwnedConversation, ref: ConversationRef) {
    const [listed, routing] = await Promise.all([
      messaging.listConversations(ref.token),
      messaging.retrieveConversationRoutingStatus(ref),
      listing.entriesOf(owned, ref, 'settle')({ order: 'newestFirst' }),
    ])
    return { found: listed.find(({ id }) => id === ref.conversationId), routing }
  }

  return {
    /**
     * Looks why an error happened, and records an end.
     * @returns the state of a conversation that is open
     * @throws {GatewayError} conversation_ended when it is closed
     * @throws {GatewayError} conversation_lost when the visitor may not read it
     * @throws {GatewayError} upstream_unavailable when that cannot be found out
     * @throws the error itself when it is no such refusal, or nothing can be looked for
     */
    async lookInto(
      error: unknown,
      owned: OwnedConversation,
      ref: ConversationRef,
    ): Promise<'active' | 'sessionOver'> {
      const isForbidden = isProblem(error) && error.details.isForbidden === true
      if (!isForbidden || !messaging.traits.narrated) throw error
      const { found, routing } = await look(owned, ref).catch(lookFailed)
      if (!found) throw error
      if (found.endedAt === null) return routing === 'none' ? 'sessionOver' : 'active'
      const { visitorId, conversation } = owned
      await records
        .replaceConversation(visitorId, conversation, {
          ...conversation,
          status: 'ended',
          endedAt: found.endedAt,
        })
        .catch(() => undefined)
      throw new GatewayError('conversation_ended', { effect: 'none' })
    },
  }
}
