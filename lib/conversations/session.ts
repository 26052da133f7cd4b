/**
 * Messages and the messaging sessions they belong to. When a session is over, the next message opens a
 * new one with the start's attributes and language, or with the answers that were sent along
 * (`enhanced-chat-api.md §2.10`, `§3.6`).
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
import type { Records } from '../store/records.js'
import { type Attributes, prechatErrors } from './prechat.js'
import type { OwnedConversation } from './salesforce-tokens.js'

/**
 * A message to send. `answers`: answers to a pre-chat that is asked per session; null when there
 * are none.
 */
export type SendContext = {
  owned: OwnedConversation
  ref: ConversationRef
  message: OutgoingMessage
  answers: Attributes | null
}

type Options = { messaging: Messaging; records: Records }

/** Without what is kept of a visitor no session is opened: the message certainly did not arrive. */
function nothingSent(error: unknown): never {
  throw isProblem(error)
    ? new GatewayError(error.code, { ...error.details, effect: 'none' })
    : error
}

/** Nothing was sent yet: the same message can be repeated with the answers. */
function prechatRequired(prechat: Prechat | null): GatewayError {
  return new GatewayError('prechat_required', { effect: 'none', extra: { prechat } })
}

export function createSessions({ messaging, records }: Options) {
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
    const { routingAttributes: stored, language } = owned.conversation
    const { offer, attributes } = await records
      .readOfferAndAttributes(owned.visitorId)
      .catch(nothingSent)
    const form = offer?.prechat?.per === 'session' ? offer.prechat : null
    const routingAttributes = { ...stored, ...answers, ...attributes }
    const errors = form ? prechatErrors(form, routingAttributes) : []
    if (errors.length > 0 && answers) {
      throw new GatewayError('invalid_request', { effect: 'none', errors })
    }
    if (errors.length > 0) throw prechatRequired(form)
    return [{ routingAttributes, language }, form]
  }

  async function sendInNewSession(context: SendContext): Promise<SendResult> {
    const { owned, ref, message } = context
    const [session, form] = await sessionOptionsFor(context)
    try {
      const result = await sendBy(ref, message, session)
      const conversation = { ...owned.conversation, isSessionOver: false }
      if (owned.conversation.isSessionOver) {
        await records
          .replaceConversation(owned.visitorId, owned.conversation, conversation)
          .catch(() => undefined)
      }
      return result
    } catch (error) {
      throw isProblem(error, 'prechat_required') ? prechatRequired(form) : error
    }
  }

  return {
    /**
     * Says a thing once. Throws `prechat_required` with the form when
     * a session cannot be opened with what is known.
     */
    async sendInSession(context: SendContext): Promise<SendResult> {
      if (context.owned.conversation.isSessionOver) return await sendInNewSession(context)
      try {
        return await sendBy(context.ref, context.message, null)
      } catch (error) {
        if (!isProblem(error, 'prechat_required')) throw error
        return await sendInNewSession(context)
      }
    },
  }
}
