/** Typing and receipts: they pass by, so nothing is logged of them and nothing finds out what became of them. */
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import type { SignalRequest } from '../contract/requests.js'
import { GatewayError, isProblem } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { Typing } from '../store/typing.js'
import { uuidOf } from '../uuid.js'
import type { ConversationAccess } from './access.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = { messaging: Messaging; access: ConversationAccess; typing: Typing }

/** A signal and its id. */
type Signal = SignalRequest & { id: string }

export function createSignal({ messaging, access, typing }: Options) {
  /** Does it, and undoes what was noted of it when that fails. */
  async function withUndo(work: Promise<void>, undo: () => Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      await undo().catch(() => undefined)
      throw error
    }
  }

  async function start(visitorId: string, ref: ConversationRef, id: string): Promise<void> {
    const typist = { visitorId, conversationId: ref.conversationId }
    if (!(await typing.start(typist, id))) return
    await withUndo(messaging.addTypingIndicator(ref, id, 'started'), () =>
      typing.startFailed(typist, id),
    )
  }

  async function stop(visitorId: string, ref: ConversationRef, id: string): Promise<void> {
    const typist = { visitorId, conversationId: ref.conversationId }
    if (!(await typing.stop(typist))) return
    await withUndo(messaging.addTypingIndicator(ref, id, 'stopped'), () =>
      typing.stopFailed(typist),
    )
  }

  function forward(visitorId: string, ref: ConversationRef, signal: Signal): Promise<void> {
    if (signal.messageType === 'TypingIndicator') {
      const change = signal.typing ? start : stop
      return change(visitorId, ref, signal.id)
    }
    const { kind, messageIds } = signal
    const receipts = [...new Set(messageIds)].map((messageId) => ({
      // The same for the same receipt, so that a repeat says nothing new.
      id: uuidOf(`${kind} ${messageId}`),
      messageId,
      kind,
    }))
    return messaging.acknowledgeEntries(ref, receipts)
  }

  /**
   * Forwards a signal. If Salesforce refuses a typing indicator or receipt, the conversation is
   * checked before it is reported lost.
   * @throws {GatewayError} unsupported when the conversation is still reachable
   */
  async function forwardOrRefuse(
    visitorId: string,
    ref: ConversationRef,
    sentSignal: Signal,
  ): Promise<void> {
    try {
      await forward(visitorId, ref, sentSignal)
    } catch (error) {
      if (!isProblem(error, 'conversation_lost') || error.details.isTokenRefused) throw error
      await messaging.retrieveConversationRoutingStatus(ref)
      throw new GatewayError('unsupported', { effect: 'none' })
    }
  }

  /**
   * Passes a signal on. Throws `conversation_ended`, `conversation_lost`, and what Salesforce or Redis
   * may cause; then the same call can be repeated.
   */
  return async function signal(owned: OwnedConversation, sentSignal: Signal): Promise<SendReply> {
    const { conversation, visitorId } = owned
    if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
    await access.withConversation(owned, (ref) => forwardOrRefuse(visitorId, ref, sentSignal))
    const timestamp = isoTime(Date.now())
    return { id: sentSignal.id, conversationId: conversation.id, timestamp, duplicate: false }
  }
}
