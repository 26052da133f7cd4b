/**
 * Sends a message exactly once. The send log knows which id was tried with which content. An
 * attempt with an unclear outcome is reconciled, by looking for the id in Salesforce's list, before
 * anything is sent again.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import { growingPauses, pause } from '../pauses.js'
import { GatewayError, isProblem, outcomeUnknown } from '../problem.js'
import { remainingMs } from '../request.js'
import type { ConversationRef, Messaging, OutgoingMessage } from '../salesforce/messaging.js'
import type { Attributes } from '../store/record.js'
import type { Records } from '../store/records.js'
import {
  type Attempt,
  type Claim,
  doubtMs,
  type LoggedAttempt,
  type MessageKey,
  type SendLog,
} from '../store/send-log.js'
import { noStep, type Step } from '../store/sliding-log.js'
import type { ConversationAccess } from './access.js'
import { createTitleCompletion } from './complete.js'
import { contentHash } from './content-hash.js'
import type { EchoMatching } from './echo-matching.js'
import type { Listing } from './listing.js'
import { attributesOf } from './prechat.js'
import { createReconciliation, noReconciliation, type Search } from './reconcile.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import { createSessions } from './session.js'

type Options = {
  messaging: Messaging
  access: ConversationAccess
  records: Records
  sendLog: SendLog
  echoMatching: EchoMatching
  listing: Listing
  clock: Clock
  callerAttributes: readonly string[]
  /**
   * Milliseconds after an attempt was given up in which its effect may still show in Salesforce's
   * list.
   */
  settleMs: number
}

const retryIntervalMs = 200
/**
 * The first and the longest pause, in milliseconds, between two reads of the log for an attempt of
 * another call: its outcome is known half a second after its end.
 */
const firstTurnMs = 100
const longestTurnMs = 500
/** Turns per look into Salesforce's list, for a call that waits for another call's attempt. */
const turnsPerLook = 3
const maxAttempts = 3
/** Milliseconds that a further attempt needs beside the time to reconcile it. */
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

type SendOptions = {
  /**
   * Answers to a pre-chat that is asked per session: they open a new session, instead of the
   * attributes of the start.
   */
  answers?: Attributes | undefined
  /** The claim that was made with the count of the call. */
  claim?: Claim | null
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

function searchOf({ owned, ref, message }: SendCall): Search {
  return { owned, ref, id: message.id }
}

/**
 * Tells that Salesforce answered a message with a success that cannot be understood. What it accepted
 * may show later or under another id, so the call that got this answer never sends again.
 */
function isPromised(error: GatewayError): boolean {
  return error.code === 'upstream_rejected' && error.details.effect === 'unknown'
}

export function createSend(options: Options) {
  const { messaging, access, sendLog, echoMatching, listing, clock, settleMs } = options
  const { ourIds } = messaging.traits
  const sessions = createSessions(options)
  const { reconcile, findEntry } = ourIds
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

  /** Sends, and reconciles an unclear outcome; sends again only what certainly did not arrive. */
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
        const { status, at } = await reconcile(searchOf(call), logged.since, givenUpAt)
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

  /** Takes over an attempt that was given up, after looking for its effect. */
  async function takeOver(call: SendCall, earlier: LoggedAttempt): Promise<SendReply | null> {
    const takenOver = await sendLog.takeOver(
      call.key,
      earlier,
      attemptNow(earlier.hash, earlier.since),
    )
    if (!takenOver) return null
    const { status, at } = await reconcile(searchOf(call), earlier.since, earlier.at)
    if (status === 'arrived') return await recordDelivery(call, takenOver, at, true)
    if (status === 'absent') return await deliver(call, takenOver)
    await recordAttempt(call, takenOver, { state: 'unclear', at: earlier.at })
    throw givenUp(outcomePending())
  }

  /**
   * Makes a first attempt. When Redis may have lost an earlier one, one look is taken for it first: its
   * effect shows by now. Where that look is not possible, the message is sent: a store that failed
   * for a moment must not keep visitors from writing.
   */
  async function deliverFirst(call: SendCall, mine: LoggedAttempt, mayBeRepeat: boolean) {
    if (!mayBeRepeat) return await deliver(call, mine)
    const found = await findEntry(searchOf(call), mine.since - 2 * doubtMs, 'settle')
    return found ? await recordDelivery(call, mine, found.at, true) : await deliver(call, mine)
  }

  /**
   * Waits a turn for an attempt under way, which may have arrived without being logged so; null
   * while that is not known.
   */
  async function awaitOther(
    call: SendCall,
    earlier: LoggedAttempt,
    { turn, pauseMs }: { turn: number; pauseMs: number },
  ) {
    const leftMs = remainingMs() - 2 * firstTurnMs
    if (leftMs <= 0) throw outcomePending()
    await pause(Math.min(pauseMs, leftMs))
    if (turn % turnsPerLook !== turnsPerLook - 1) return null
    const found = await findEntry(searchOf(call), earlier.since, 'stop')
    return found ? await recordDelivery(call, earlier, found.at, true) : null
  }

  /** Waits for another call's attempt to end, or takes it over; null when it was released. */
  async function follow(call: SendCall, first: LoggedAttempt | null): Promise<SendReply | null> {
    let earlier = first
    const pauses = growingPauses(firstTurnMs, longestTurnMs)
    for (let turn = 0; earlier; turn++) {
      if (earlier.hash !== call.hash) throw new GatewayError('id_reused')
      if (earlier.state === 'sent') return replyOf(call, earlier.at, true)
      const isOver = earlier.state === 'unclear' || earlier.at <= clock.earliest()
      const reply = await (isOver
        ? takeOver(call, earlier)
        : awaitOther(call, earlier, { turn, pauseMs: pauses.next().value }))
      if (reply) return reply
      earlier = await sendLog.find(call.key)
    }
    return null
  }

  /** Does the work with the claim that was made for it, and again with one of its own. */
  async function sendClaimed(call: SendCall, early: Claim | null): Promise<SendReply> {
    const claimNow = () => sendLog.claimNow(call.key, attemptNow(call.hash, clock.earliest()))
    for (let claim = early ?? (await claimNow()); ; claim = await claimNow()) {
      if ('mine' in claim) return await deliverFirst(call, claim.mine, claim.mayBeRepeat)
      const reply = await follow(call, claim.earlier)
      if (reply) return reply
    }
  }

  return {
    /**
     * Claims a message in the Redis request of `work`, which counts the call. Nothing is claimed
     * while Redis' time is not known, because a claim holds moments: `send` claims it then.
     */
    claim<T>(
      conversationId: string,
      message: OutgoingMessage,
      work: (step: Step<Claim | null>) => Promise<T>,
    ): Promise<T> {
      if (!clock.isCertain()) return work(noStep)
      const first = attemptNow(contentHash(message), clock.earliest())
      return sendLog.claim({ conversationId, id: message.id }, first, work)
    },

    /**
     * Sends a message. After any other error than these the same call can be repeated.
     * @throws {GatewayError} id_reused for another content under the same id
     * @throws {GatewayError} conversation_ended, conversation_lost
     */
    async send(
      owned: OwnedConversation,
      message: OutgoingMessage,
      { answers, claim: early = null }: SendOptions = {},
    ): Promise<SendReply> {
      const { conversation } = owned
      const key = { conversationId: conversation.id, id: message.id }
      let unused = early
      try {
        const routingAnswers = answers
          ? attributesOf({ routingAttributes: answers }, options.callerAttributes)
          : null
        if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
        return await access.withConversation(owned, (ref) => {
          const claim = unused
          unused = null
          const hash = contentHash(message)
          return sendClaimed({ owned, ref, message, key, hash, answers: routingAnswers }, claim)
        })
      } catch (error) {
        if (unused && 'mine' in unused) await sendLog.release(key, unused.mine)
        throw error
      }
    },
  }
}
