/** Typing and receipts: they pass by, so nothing is logged of them and nothing finds out what became of them. */
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import type { SignalRequest } from '../contract/requests.js'
import { GatewayError, isProblem } from '../problem.js'
import type { Messaging, Reach } from '../salesforce/messaging.js'
import type { Typing } from '../store/typing.js'
import { uuidOf } from '../uuid.js'
import type { Own, Reaches } from './reach.js'

type Options = { messaging: Messaging; reaches: Reaches; typing: Typing }

/** A signal and the id it is told under. */
type Signal = SignalRequest & { id: string }

export function createSignaller({ messaging, reaches, typing }: Options) {
  /** Does it, and undoes what was noted of it when that fails. */
  async function orElse(work: Promise<void>, undo: () => Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      await undo().catch(() => undefined)
      throw error
    }
  }

  async function start(visitorId: string, reach: Reach, id: string): Promise<void> {
    const typist = { visitorId, conversationId: reach.conversationId }
    if (!(await typing.start(typist, id))) return
    await orElse(messaging.type(reach, id, 'started'), () => typing.startFailed(typist, id))
  }

  async function stop(visitorId: string, reach: Reach, id: string): Promise<void> {
    const typist = { visitorId, conversationId: reach.conversationId }
    if (!(await typing.stop(typist))) return
    await orElse(messaging.type(reach, id, 'stopped'), () => typing.stopFailed(typist))
  }

  function pass(visitorId: string, reach: Reach, signal: Signal): Promise<void> {
    if (signal.messageType === 'TypingIndicator') {
      const tell = signal.typing ? start : stop
      return tell(visitorId, reach, signal.id)
    }
    const { kind, messageIds } = signal
    const receipts = [...new Set(messageIds)].map((messageId) => ({
      // The same for the same receipt, so that a repeat says nothing new.
      id: uuidOf(`${kind} ${messageId}`),
      messageId,
      kind,
    }))
    return messaging.acknowledge(reach, receipts)
  }

  /** A courtesy that Salesforce refuses is no reason to give the conversation up: it is looked at first. */
  async function passOrRefuse(visitorId: string, reach: Reach, what: Signal): Promise<void> {
    try {
      await pass(visitorId, reach, what)
    } catch (error) {
      if (!isProblem(error, 'conversation_lost') || error.details.isTokenRefused) throw error
      await messaging.routing(reach)
      throw new GatewayError('unsupported', { effect: 'none' })
    }
  }

  /**
   * Passes a signal on. Throws `conversation_ended`, `conversation_lost`, and what Salesforce or Redis
   * may cause; then the same call can be repeated.
   */
  return async function signal(own: Own, what: Signal): Promise<SendReply> {
    const { conversation, visitorId } = own
    if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
    await reaches.within(own, (reach) => passOrRefuse(visitorId, reach, what))
    const timestamp = isoTime(Date.now())
    return { id: what.id, conversationId: conversation.id, timestamp, duplicate: false }
  }
}
