/**
 * Forwards typing indicators and receipts. They are transient: none is logged, and an unclear
 * outcome is not reconciled.
 */
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import type { SignalRequest } from '../contract/requests.js'
import { GatewayError, isProblem } from '../problem.js'
import type { ConversationRef, Messaging } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Typing } from '../store/typing.js'
import { uuidOf } from '../uuid.js'
import type { ConversationAccess } from './access.js'
import type { Listing } from './listing.js'
import { createRefusals, rejectedInOpenConversation } from './refusals.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  typing: Typing
  listing: Listing
  clock: Clock
}

/** Describes a signal and its id. */
type Signal = SignalRequest & { id: string }

export function createSignal({ messaging, records, access, typing, listing, clock }: Options) {
  const refusals = createRefusals({ messaging, records, listing })

  /** Does the work, and undoes what was noted of it when it fails. */
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
      // The same receipt has the same id, so that a repeat changes nothing.
      id: uuidOf(`${kind} ${messageId}`),
      messageId,
      kind,
    }))
    return messaging.acknowledgeEntries(ref, receipts)
  }

  /**
   * Forwards a signal. If Salesforce refuses a typing indicator or receipt, the conversation is
   * checked before it is reported lost.
   * @throws {GatewayError} unsupported when no session is open, or the signal is not known (404)
   * @throws {GatewayError} upstream_rejected, conversation_ended
   */
  async function forwardOrRefuse(
    owned: OwnedConversation,
    ref: ConversationRef,
    signal: Signal,
  ): Promise<void> {
    try {
      await forward(owned.visitorId, ref, signal)
    } catch (error) {
      if (!isProblem(error, 'conversation_lost') || error.details.isTokenRefused) throw error
      if (error.details.isForbidden) {
        const state = await refusals.lookInto(error, owned, ref)
        if (state === 'active') throw rejectedInOpenConversation()
      } else {
        await messaging.retrieveConversationRoutingStatus(ref)
      }
      throw new GatewayError('unsupported', { effect: 'none' })
    }
  }

  /**
   * Forwards a signal. After a failure of Salesforce or Redis the same call can be repeated.
   * @throws {GatewayError} conversation_ended, conversation_lost, unsupported, upstream_rejected
   */
  return async function signal(owned: OwnedConversation, input: Signal): Promise<SendReply> {
    const { conversation } = owned
    if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
    await access.withConversation(owned, (ref) => forwardOrRefuse(owned, ref, input))
    const timestamp = isoTime(clock.now())
    return { id: input.id, conversationId: conversation.id, timestamp, duplicate: false }
  }
}
