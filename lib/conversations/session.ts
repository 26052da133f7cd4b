/**
 * Sends messages in the messaging sessions they belong to. When a session is over, the next message
 * opens a new one with the start's attributes and language, or with the answers that were sent
 * along (`enhanced-chat-api.md §2.10`, `§3.6`). So does the first message of a conversation that is
 * marked for it.
 */
import type { Prechat } from '../contract/replies.js'
import { GatewayError, isProblem } from '../problem.js'
import type {
  ConversationRef,
  Messaging,
  OutgoingMessage,
  SendResult,
  SessionOptions,
} from '../salesforce/messaging.js'
import type { Attributes } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Listing } from './listing.js'
import { prechatErrors } from './prechat.js'
import { createRefusals, rejectedInOpenConversation } from './refusals.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/**
 * Describes a message to send. `answers`: answers to a pre-chat that is asked per session; null
 * when there are none.
 */
export type SendContext = {
  owned: OwnedConversation
  ref: ConversationRef
  message: OutgoingMessage
  answers: Attributes | null
}

type Options = { messaging: Messaging; records: Records; listing: Listing }

/**
 * Throws a problem on as one without effect: no session is opened without the visitor's record, so
 * the message certainly did not arrive.
 */
function nothingSent(error: unknown): never {
  throw isProblem(error)
    ? new GatewayError(error.code, { ...error.details, effect: 'none' })
    : error
}

/**
 * Makes the error that holds the form. Nothing was sent yet: the same message can be repeated with
 * the answers.
 */
function prechatRequired(prechat: Prechat | null): GatewayError {
  return new GatewayError('prechat_required', { effect: 'none', extra: { prechat } })
}

export function createSessions({ messaging, records, listing }: Options) {
  const refusals = createRefusals({ messaging, records, listing })

  /** Sends by the operation for the kind of message. */
  function sendBy(
    ref: ConversationRef,
    message: OutgoingMessage,
    session: SessionOptions | null,
  ): Promise<SendResult> {
    return message.messageType === 'AttachmentMessage'
      ? messaging.sendFile(ref, message, session)
      : messaging.sendMessage(ref, message, session)
  }

  /**
   * Returns the options that open the new session.
   * @throws {GatewayError} prechat_required, invalid_request when the deployment's form wants more
   */
  async function sessionOptionsFor({
    owned,
    answers,
  }: SendContext): Promise<[SessionOptions, Prechat | null]> {
    const { visitorId, conversation } = owned
    const [stored, { offer, attributes }] = await Promise.all([
      records.readRoutingAttributes(visitorId, conversation),
      records.readOfferAndAttributes(visitorId),
    ]).catch(nothingSent)
    const form = offer?.prechat?.per === 'session' ? offer.prechat : null
    const routingAttributes = { ...stored, ...answers, ...attributes }
    const errors = form ? prechatErrors(form, routingAttributes) : []
    if (errors.length > 0 && answers) {
      throw new GatewayError('invalid_request', { effect: 'none', errors })
    }
    if (errors.length > 0) throw prechatRequired(form)
    return [{ routingAttributes, language: conversation.language }, form]
  }

  /** Records that a session is open and that something was said; a failure is ignored. */
  async function recordOpenSession({ visitorId, conversation }: OwnedConversation): Promise<void> {
    const { isFirstMessageDue: _, ...spoken } = conversation
    await records
      .replaceConversation(visitorId, conversation, { ...spoken, isSessionOver: false })
      .catch(() => undefined)
  }

  /**
   * Opens a new session with the message.
   * @throws {GatewayError} prechat_required, invalid_request, and any problem of Salesforce
   */
  async function sendInNewSession(context: SendContext): Promise<SendResult> {
    const { owned, ref, message } = context
    const [session, form] = await sessionOptionsFor(context)
    try {
      const result = await sendBy(ref, message, session)
      if (owned.conversation.isSessionOver) await recordOpenSession(owned)
      return result
    } catch (error) {
      throw isProblem(error, 'prechat_required') ? prechatRequired(form) : error
    }
  }

  /**
   * Tells if a refused message needs a new session: Salesforce says so itself, or it refuses with
   * 403 because the session is over.
   */
  async function needsNewSession(error: unknown, { owned, ref }: SendContext): Promise<boolean> {
    if (isProblem(error, 'prechat_required')) return true
    return (await refusals.lookInto(error, owned, ref)) === 'sessionOver'
  }

  /**
   * Opens a new session, and finds out why Salesforce refuses that.
   * @throws {GatewayError} conversation_ended, conversation_lost, prechat_required,
   *   upstream_rejected
   */
  async function reopen(context: SendContext): Promise<SendResult> {
    try {
      return await sendInNewSession(context)
    } catch (error) {
      await refusals.lookInto(error, context.owned, context.ref)
      throw rejectedInOpenConversation()
    }
  }

  return {
    /** Records that the first message has been accepted, where that was waited for. */
    async recordAccepted(owned: OwnedConversation): Promise<void> {
      const { isSessionOver, isFirstMessageDue } = owned.conversation
      if (isFirstMessageDue && !isSessionOver) await recordOpenSession(owned)
    },

    /**
     * Sends a message once. A message that Salesforce refuses with 403 is judged after a look.
     * @throws {GatewayError} prechat_required with the form when the known values cannot open a
     * session
     * @throws {GatewayError} conversation_ended, conversation_lost
     * @throws {GatewayError} upstream_rejected when Salesforce refuses it in an open conversation
     */
    async sendInSession(context: SendContext): Promise<SendResult> {
      const { isSessionOver, isFirstMessageDue } = context.owned.conversation
      if (isSessionOver) return await reopen(context)
      try {
        return await (isFirstMessageDue
          ? sendInNewSession(context)
          : sendBy(context.ref, context.message, null))
      } catch (error) {
        if (await needsNewSession(error, context)) return await reopen(context)
        throw rejectedInOpenConversation()
      }
    },
  }
}
