/** Opens a conversation in Salesforce, and clears up after one that could not be opened. */
import type { Clock } from '../clock.js'
import { GatewayError, isProblem, outcomeUnknown } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Lock } from '../store/locks.js'
import type { Attributes, StartRecord, StoredConversation } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import type { OpeningTime } from './availability.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  /** Finds out when the chat opens, as ISO 8601; null when that is not known. */
  openingTime: OpeningTime
  clock: Clock
}

/** Describes the values that a conversation is opened with, and the visitor's lock. */
type Opening = { routingAttributes: Attributes; contextParameters?: Attributes; lock: Lock }

function openConversation(
  conversation: StoredConversation,
  salesforceId: string,
): StoredConversation {
  const isNamed = salesforceId !== conversation.id && { salesforceId }
  return { ...conversation, status: 'open', ...isNamed }
}

export type ConversationCreator = ReturnType<typeof createConversationCreator>

export function createConversationCreator({
  messaging,
  records,
  access,
  openingTime,
  clock,
}: Options) {
  const { ourIds } = messaging.traits

  /** Returns the refusal with the moment at which the chat opens, where that is known. */
  async function withOpeningTime(refusal: GatewayError): Promise<GatewayError> {
    const opensAt = await openingTime()
    return opensAt === null
      ? refusal
      : new GatewayError(refusal.code, { ...refusal.details, extra: { opensAt } })
  }

  /**
   * Returns the error for the caller. A conversation that certainly does not exist is forgotten,
   * unless the same id is tried again. One that Salesforce knows as closed is kept as ended.
   */
  async function failed(
    { visitorId, conversation }: OwnedConversation,
    error: unknown,
  ): Promise<unknown> {
    if (!isProblem(error)) return error
    if (error.details.effect !== 'none') return ourIds ? error : outcomeUnknown()
    if (error.code === 'conversation_ended') {
      const endedAt = clock.now()
      const ended: StoredConversation = { ...conversation, status: 'ended', endedAt }
      await records.saveConversation(visitorId, ended)
      return error
    }
    const isClosed = error.code === 'outside_business_hours'
    const isRefusal = error.code === 'upstream_rejected' || error.code === 'conversation_lost'
    const isCertain = isClosed || isRefusal
    if (isCertain || !ourIds) await records.discardConversation(visitorId, conversation)
    if (isClosed) return await withOpeningTime(error)
    return isRefusal ? new GatewayError('upstream_rejected', error.details) : error
  }

  /**
   * Opens a conversation in Salesforce. Where our ids count, opening the same one again changes
   * nothing there.
   * @throws {GatewayError} outside_business_hours
   * @throws {GatewayError} conversation_ended when Salesforce knows it as closed
   * @throws {GatewayError} store_unavailable when the record cannot be written
   */
  async function createInSalesforce(
    owned: OwnedConversation,
    { routingAttributes, contextParameters = {}, lock }: Opening,
  ) {
    const { visitorId, conversation } = owned
    const session = { routingAttributes, contextParameters, language: conversation.language }
    try {
      const salesforceId = await access.withConversation(owned, (ref) =>
        messaging.createConversation(ref, session),
      )
      const created = openConversation(conversation, salesforceId)
      const save = async () => {
        const isSaved = await records.saveConversation(visitorId, created)
        if (!isSaved) throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
      }
      // It exists in Salesforce now, so a failed write is tried once more. The release travels in the
      // same request, behind the write: it fails with it, and is repeated when the start has ended.
      await Promise.all([save().catch(save), lock.release()])
      return created
    } catch (error) {
      throw await failed(owned, error)
    }
  }

  /**
   * Opens a conversation that an earlier call left in the state `starting`. Throws what
   * `createInSalesforce` throws.
   * @throws {GatewayError} outside_business_hours, conversation_ended, store_unavailable
   */
  async function createAgain(visitorId: string, conversation: StoredConversation, lock: Lock) {
    const [token, routingAttributes] = await Promise.all([
      records.readToken(visitorId, conversation),
      records.readRoutingAttributes(visitorId, conversation),
    ])
    return await createInSalesforce({ visitorId, conversation, token }, { routingAttributes, lock })
  }

  /**
   * Gives up conversations that an earlier call left in the state `starting`, which may or may not
   * exist. Where they cannot be created again under the same id, they are lost.
   */
  async function markUnclearLost(visitorId: string, record: StartRecord): Promise<StartRecord> {
    if (ourIds) return record
    const giveUp = async (conversation: StoredConversation): Promise<StoredConversation> => {
      if (conversation.status !== 'starting') return conversation
      const lost: StoredConversation = { ...conversation, status: 'lost' }
      await records.saveConversation(visitorId, lost)
      return lost
    }
    return { ...record, conversations: await Promise.all(record.conversations.map(giveUp)) }
  }

  return { createInSalesforce, createAgain, markUnclearLost }
}
