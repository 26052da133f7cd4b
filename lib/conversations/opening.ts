/** Opens a conversation in Salesforce, and says what is left of one that could not be opened. */
import { GatewayError, isProblem } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { StoredConversation, VisitorRecord } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Attributes } from './prechat.js'
import type { Own, Reaches } from './reach.js'
import { unclear } from './unclear.js'

type Options = { messaging: Messaging; records: Records; reaches: Reaches }

function opened(conversation: StoredConversation, name: string): StoredConversation {
  const isNamed = name !== conversation.id && { salesforceId: name }
  return { ...conversation, status: 'open', ...isNamed }
}

export function createOpener({ messaging, records, reaches }: Options) {
  const { ourIds } = messaging.traits

  /** What the caller is told; what certainly does not exist is forgotten, unless the same id is tried again. */
  async function failed({ visitorId, conversation }: Own, error: unknown): Promise<unknown> {
    if (!isProblem(error)) return error
    if (error.details.effect !== 'none') return ourIds ? error : unclear()
    const isRefusal = isProblem(error, 'upstream_rejected', 'conversation_lost')
    if (isRefusal || !ourIds) await records.discard(visitorId, conversation)
    return isRefusal ? new GatewayError('upstream_rejected', error.details) : error
  }

  /** Opens it in Salesforce; where our ids count, doing so again for the same one changes nothing there. */
  async function open(own: Own, contextParameters: Attributes = {}) {
    const { visitorId, conversation } = own
    const { routingAttributes, language } = conversation
    const opening = { routingAttributes, contextParameters, language }
    try {
      const name = await reaches.within(own, (reach) => messaging.open(reach, opening))
      const begun = opened(conversation, name)
      const keep = async () => {
        const isKept = await records.save(visitorId, begun)
        if (!isKept) throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
      }
      // It exists now, so a stumble of Redis is not the end.
      await keep().catch(keep)
      return begun
    } catch (error) {
      throw await failed(own, error)
    }
  }

  /**
   * What an earlier call began and left may or may not exist. Where it cannot be begun again under the
   * same id, it is lost.
   */
  async function giveUpUnclear(visitorId: string, record: VisitorRecord): Promise<VisitorRecord> {
    if (ourIds) return record
    const giveUp = async (conversation: StoredConversation): Promise<StoredConversation> => {
      if (conversation.status !== 'starting') return conversation
      const lost: StoredConversation = { ...conversation, status: 'lost' }
      await records.save(visitorId, lost)
      return lost
    }
    return { ...record, conversations: await Promise.all(record.conversations.map(giveUp)) }
  }

  return { open, giveUpUnclear }
}
