/**
 * Delivers a message whose attempt is claimed: sends it, reconciles an unclear outcome by looking for
 * its id in Salesforce's list, and records in the send log what became of it.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import { pause } from '../pauses.js'
import { GatewayError, isProblem, outcomeUnknown } from '../problem.js'
import { remainingMs } from '../request.js'
import type { ConversationRef, Messaging, OutgoingMessage } from '../salesforce/messaging.js'
import type { Attributes } from '../store/record.js'
import type { Records } from '../store/records.js'
import { doubtMs } from '../store/redis.js'
import type { Attempt, LoggedAttempt, MessageKey, SendLog } from '../store/send-log.js'
import { createTitleCompletion } from './complete.js'
import type { EchoMatching } from './echo-matching.js'
import type { Listing } from './listing.js'
import { createReconciliation, noReconciliation, type Search } from './reconcile.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import { createSessions } from './session.js'

export type DeliveryOptions = {
  messaging: Messaging
  records: Records
  sendLog: SendLog
  echoMatching: EchoMatching
  listing: Listing
  clock: Clock
  /**
   * Sets the milliseconds after an attempt was given up in which its effect may still show in
   * Salesforce's list.
   */
  settleMs: number
}

const retryIntervalMs = 200
const maxAttempts = 3
/** Sets the milliseconds that a further attempt needs beside the time to reconcile it. */
const minAttemptMs = 200

/** Describes the context of one call of send. */
export type SendCall = {
  owned: OwnedConversation
  ref: ConversationRef
  message: OutgoingMessage
  key: MessageKey
  hash: string
  answers: Attributes | null
}

/** Makes the error for a message of which nobody knows yet whether it arrived. */
export function outcomePending(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    detail: 'It is not clear yet whether the message arrived. Send it again with the same id.',
    retryAfterMs: 1000,
  })
}

export function replyOf({ owned, message }: SendCall, at: number, duplicate: boolean): SendReply {
  return {
    id: message.id,
    conversationId: owned.conversation.id,
    timestamp: isoTime(at),
    duplicate,
  }
}

export function searchOf({ owned, ref, message }: SendCall): Search {
  return { owned, ref, id: message.id }
}

/**
 * Tells that Salesforce answered a message with a success that cannot be understood. What it accepted
 * may show later or under another id, so the call that got this answer never sends again.
 */
function isPromised(error: GatewayError): boolean {
  return error.code === 'upstream_rejected' && error.details.effect === 'unknown'
}

export function createDelivery(options: DeliveryOptions) {
  const { messaging, sendLog, echoMatching, listing, clock, settleMs } = options
  const { ourIds } = messaging.traits
  const sessions = createSessions(options)
  const { look, reconcile, findEntry } = ourIds
    ? createReconciliation({ listing, clock, settleMs })
    : noReconciliation
  const complete = createTitleCompletion(listing)

  /** Returns the error for an attempt whose outcome is not known: a repeat settles it, with our ids. */
  function givenUp(error: GatewayError): GatewayError {
    if (!ourIds) return outcomeUnknown()
    return isPromised(error) ? outcomePending() : error
  }

  function attemptNow(hash: string, since: number): Attempt {
    const at = clock.latest() + Math.min(remainingMs(), 60_000)
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
   * Records a delivery and returns the reply. A log that cannot be written is no error: the list
   * reconciles a repeat.
   */
  async function recordDelivery(
    call: SendCall,
    logged: LoggedAttempt,
    at: number,
    duplicate: boolean,
  ) {
    await Promise.all([
      recordAttempt(call, logged, { state: 'sent', at }),
      sessions.recordAccepted(call.owned),
    ])
    return replyOf(call, at, duplicate)
  }

  /**
   * Reconciles an attempt that was given up; one whose token is refused stays unclear.
   * @throws {GatewayError} conversation_lost when Salesforce refuses the token
   */
  async function settle(call: SendCall, logged: LoggedAttempt, givenUpAt: number) {
    try {
      return await reconcile(searchOf(call), logged.since, givenUpAt)
    } catch (error) {
      await recordAttempt(call, logged, { state: 'unclear', at: givenUpAt })
      throw error
    }
  }

  /**
   * Sends, and reconciles an unclear outcome; sends again only what certainly did not arrive.
   * @throws {GatewayError} upstream_unavailable while the outcome is not known, and any problem of
   *   Salesforce
   */
  async function deliver(call: SendCall, logged: LoggedAttempt): Promise<SendReply> {
    const message = await complete(call.owned, call.ref, call.message)
    for (let attempts = 1; ; attempts++) {
      try {
        const sendOnce = () => sessions.sendInSession({ ...call, message })
        const at = await echoMatching.track(call.key, sendOnce)
        return await recordDelivery(call, logged, at, false)
      } catch (error) {
        if (!isProblem(error)) throw error
        if (error.details.effect === 'none') {
          await sendLog.release(call.key, logged)
          throw error
        }
        const givenUpAt = clock.latest()
        const { status, at } = await settle(call, logged, givenUpAt)
        if (status === 'arrived') return await recordDelivery(call, logged, at, false)
        const pauseMs = Math.max(retryIntervalMs * attempts, error.details.retryAfterMs ?? 0)
        const isTimeLeft = remainingMs() - pauseMs > 3 * settleMs + minAttemptMs
        const mayRepeat = status === 'absent' && !isPromised(error)
        if (!mayRepeat || attempts === maxAttempts || !isTimeLeft) {
          await recordAttempt(call, logged, { state: 'unclear', at: givenUpAt })
          throw givenUp(error)
        }
        await pause(pauseMs)
      }
    }
  }

  /**
   * Makes a first attempt. When Redis may have lost an earlier one, one look is taken for it first: its
   * effect shows by now. Where that look is not possible, the outcome of the earlier one is unclear,
   * for every process: a repeat settles it.
   */
  async function deliverFirst(call: SendCall, mine: LoggedAttempt, mayBeRepeat: boolean) {
    if (!mayBeRepeat) return await deliver(call, mine)
    const since = mine.since - 2 * doubtMs
    try {
      const found = await look(searchOf(call), since, 'settle')
      if (found) return await recordDelivery(call, mine, found.at, true)
    } catch (error) {
      if (!isProblem(error)) throw error
      await recordAttempt(call, mine, { state: 'unclear', since, at: clock.latest() })
      throw error.code === 'upstream_rejected' ? outcomePending() : error
    }
    return await deliver(call, mine)
  }

  return {
    attemptNow,
    recordAttempt,
    recordDelivery,
    deliver,
    deliverFirst,
    settle,
    findEntry,
    givenUp,
  }
}
