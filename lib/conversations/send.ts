/**
 * Sends a message exactly once. The send log knows which id was tried with which content. An
 * attempt with an unclear outcome is reconciled, by looking for the id in Salesforce's list, before
 * anything is sent again.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import { GatewayError, isProblem, outcomeUnknown } from '../problem.js'
import { remainingMs } from '../request.js'
import type { ConversationRef, Messaging, OutgoingMessage } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Attempt, LoggedAttempt, MessageKey, SendLog } from '../store/send-log.js'
import type { ConversationAccess } from './access.js'
import { createTitleCompletion } from './complete.js'
import { contentHash } from './content-hash.js'
import type { EchoMatching } from './echo-matching.js'
import { type Attributes, attributesOf } from './prechat.js'
import { createReconciliation, noReconciliation } from './reconcile.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import { createSessions } from './session.js'

type Options = {
  messaging: Messaging
  access: ConversationAccess
  records: Records
  sendLog: SendLog
  echoMatching: EchoMatching
  callerAttributes: readonly string[]
  /**
   * Milliseconds after an attempt was given up in which its effect may still show in Salesforce's
   * list.
   */
  settleMs: number
}

const retryIntervalMs = 200
/** While it follows another call's attempt, a call looks into Salesforce's list once in so many turns. */
const turnsPerLook = 3
const maxAttempts = 3
/** Time that a further attempt needs beside the time to reconcile it. */
const minAttemptMs = 200

/** Context of one call of send. */
type SendCall = {
  owned: OwnedConversation
  ref: ConversationRef
  message: OutgoingMessage
  key: MessageKey
  hash: string
  answers: Attributes | null
}

function outcomePending(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    detail: 'It is not clear yet whether the message arrived. Send it again with the same id.',
    retryAfterMs: 1000,
  })
}

function replyOf({ owned, message }: SendCall, at: number, duplicate: boolean): SendReply {
  return {
    id: message.id,
    conversationId: owned.conversation.id,
    timestamp: isoTime(at),
    duplicate,
  }
}

export function createSend(options: Options) {
  const { messaging, access, sendLog, echoMatching, settleMs, callerAttributes } = options
  const { ourIds } = messaging.traits
  const sessions = createSessions(options)
  const { reconcile, findEntry } = ourIds
    ? createReconciliation({ messaging, settleMs })
    : noReconciliation
  const complete = createTitleCompletion(messaging)

  /** Returns the error for an attempt whose outcome is not known. */
  function givenUp(error: GatewayError): GatewayError {
    return ourIds ? error : outcomeUnknown()
  }

  function attemptNow(hash: string, since: number): Attempt {
    const at = Date.now() + Math.min(remainingMs(), 60_000)
    return { hash, state: 'sending', since, at, by: randomUUID() }
  }

  async function recordAttempt(call: SendCall, from: LoggedAttempt, to: Partial<Attempt>) {
    await sendLog.conclude(call.key, from, {
      hash: from.hash,
      state: from.state,
      since: from.since,
      at: from.at,
      ...to,
      by: randomUUID(),
    })
  }

  /**
   * Records a delivery and returns the reply. A log that cannot be written is no error: a repeat is
   * settled by the list.
   */
  async function recordDelivery(
    call: SendCall,
    logged: LoggedAttempt,
    at: number,
    duplicate: boolean,
  ) {
    await recordAttempt(call, logged, { state: 'sent', at })
    return replyOf(call, at, duplicate)
  }

  /** Sends, and when the outcome is unclear finds out; sends again only what certainly did not arrive. */
  async function deliver(call: SendCall, logged: LoggedAttempt): Promise<SendReply> {
    const message = await complete(call.ref, call.message)
    for (let attempts = 1; ; attempts++) {
      try {
        const sendOnce = () => sessions.sendInSession({ ...call, message })
        return await recordDelivery(
          call,
          logged,
          await echoMatching.track(call.key, sendOnce),
          false,
        )
      } catch (error) {
        if (!isProblem(error)) throw error
        if (error.details.effect === 'none') {
          await sendLog.release(call.key, logged)
          throw error
        }
        const givenUpAt = Date.now()
        const { status, at } = await reconcile(call.ref, call.message.id, logged.since, givenUpAt)
        if (status === 'arrived') return await recordDelivery(call, logged, at, false)
        const pauseMs = Math.max(retryIntervalMs * attempts, error.details.retryAfterMs ?? 0)
        const isTimeLeft = remainingMs() - pauseMs > 3 * settleMs + minAttemptMs
        if (status === 'unknown' || attempts === maxAttempts || !isTimeLeft) {
          await recordAttempt(call, logged, { state: 'unclear', at: givenUpAt })
          throw givenUp(error)
        }
        await sleep(pauseMs)
      }
    }
  }

  /** Takes over an attempt that was given up, after looking for its effect. */
  async function takeOver(call: SendCall, earlier: LoggedAttempt): Promise<SendReply | null> {
    const takenOver = await sendLog.takeOver(
      call.key,
      earlier,
      attemptNow(earlier.hash, earlier.since),
    )
    if (!takenOver) return null
    const { status, at } = await reconcile(call.ref, call.message.id, earlier.since, earlier.at)
    if (status === 'arrived') return await recordDelivery(call, takenOver, at, true)
    if (status === 'absent') return await deliver(call, takenOver)
    await recordAttempt(call, takenOver, { state: 'unclear', at: earlier.at })
    throw givenUp(outcomePending())
  }

  /** Finds out about an attempt under way, which may have arrived without being logged so. */
  async function awaitOther(call: SendCall, earlier: LoggedAttempt, turn: number) {
    if (remainingMs() < 2 * retryIntervalMs) throw outcomePending()
    await sleep(retryIntervalMs)
    if (turn % turnsPerLook !== turnsPerLook - 1) return null
    const found = await findEntry(call.ref, call.message.id, earlier.since)
    return found ? await recordDelivery(call, earlier, found.at, true) : null
  }

  /** Waits for another call's attempt to come to an end, or ends it; null when it was given back. */
  async function follow(call: SendCall, first: LoggedAttempt | null): Promise<SendReply | null> {
    let earlier = first
    for (let turn = 0; earlier; turn++) {
      if (earlier.hash !== call.hash) throw new GatewayError('id_reused')
      if (earlier.state === 'sent') return replyOf(call, earlier.at, true)
      const isOver = earlier.state === 'unclear' || earlier.at <= Date.now()
      const reply = await (isOver ? takeOver(call, earlier) : awaitOther(call, earlier, turn))
      if (reply) return reply
      earlier = await sendLog.find(call.key)
    }
    return null
  }

  /**
   * Sends a message. `answers` to a pre-chat that is asked per session open a new session, instead
   * of the attributes of the start. After any other error than these the same call can be repeated.
   * @throws {GatewayError} id_reused for another content under the same id
   * @throws {GatewayError} conversation_ended, conversation_lost
   */
  return async function send(
    owned: OwnedConversation,
    message: OutgoingMessage,
    answers?: Attributes,
  ): Promise<SendReply> {
    const { conversation } = owned
    const routingAnswers = answers
      ? attributesOf({ routingAttributes: answers }, callerAttributes)
      : null
    if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
    return await access.withConversation(owned, async (ref) => {
      const key = { conversationId: conversation.id, id: message.id }
      const call = { owned, ref, message, key, hash: contentHash(message), answers: routingAnswers }
      for (;;) {
        const claim = await sendLog.claim(key, attemptNow(call.hash, Date.now()))
        if ('mine' in claim) return await deliver(call, claim.mine)
        const reply = await follow(call, claim.earlier)
        if (reply) return reply
      }
    })
  }
}
