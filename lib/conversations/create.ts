/** Opens a conversation in Salesforce, and says what is left of one that could not be opened. */
import { GatewayError, isProblem, outcomeUnknown } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { StoredConversation, VisitorRecord } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import type { Attributes } from './prechat.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; records: Records; access: ConversationAccess }

function openConversation(
  conversation: StoredConversation,
  salesforceId: string,
): StoredConversation {
  const isNamed = salesforceId !== conversation.id && { salesforceId }
  return { ...conversation, status: 'open', ...isNamed }
}

export function createConversationCreator({ messaging, records, access }: Options) {
  const { ourIds } = messaging.traits

  /**
   * Returns the error for the caller. A conversation that certainly does not exist is forgotten,
   * unless the same id is tried again.
   */
  async function failed(
    { visitorId, conversation }: OwnedConversation,
    error: unknown,
  ): Promise<unknown> {
    if (!isProblem(error)) return error
    if (error.details.effect !== 'none') return ourIds ? error : outcomeUnknown()
    const isRefusal = isProblem(error, 'upstream_rejected', 'conversation_lost')
    if (isRefusal || !ourIds) await records.discardConversation(visitorId, conversation)
    return isRefusal ? new GatewayError('upstream_rejected', error.details) : error
  }

  /** Opens it in Salesforce; where our ids count, doing so again for the same one changes nothing there. */
  async function createInSalesforce(owned: OwnedConversation, contextParameters: Attributes = {}) {
    const { visitorId, conversation } = owned
    const { routingAttributes, language } = conversation
    const session = { routingAttributes, contextParameters, language }
    try {
      const salesforceId = await access.withConversation(owned, (ref) =>
        messaging.createConversation(ref, session),
      )
      const created = openConversation(conversation, salesforceId)
      const save = async () => {
        const isSaved = await records.saveConversation(visitorId, created)
        if (!isSaved) throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
      }
      // It exists now, so a stumble of Redis is not the end.
      await save().catch(save)
      return created
    } catch (error) {
      throw await failed(owned, error)
    }
  }

  /**
   * Gives up conversations that an earlier call left in the state `starting`, which may or may not
   * exist. Where they cannot be created again under the same id, they are lost.
   */
  async function markUnclearLost(visitorId: string, record: VisitorRecord): Promise<VisitorRecord> {
    if (ourIds) return record
    const giveUp = async (conversation: StoredConversation): Promise<StoredConversation> => {
      if (conversation.status !== 'starting') return conversation
      const lost: StoredConversation = { ...conversation, status: 'lost' }
      await records.saveConversation(visitorId, lost)
      return lost
    }
    return { ...record, conversations: await Promise.all(record.conversations.map(giveUp)) }
  }

  return { createInSalesforce, markUnclearLost }
}
