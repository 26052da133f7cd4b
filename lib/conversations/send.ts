/**
 * Sends a message exactly once. The send log knows which id was tried with which content: the call
 * that claims an id delivers it, all others wait for that, or take over an attempt that was given up.
 */
import type { SendReply } from '../contract/replies.js'
import { growingPauses, pause } from '../pauses.js'
import { GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'
import type { OutgoingMessage } from '../salesforce/messaging.js'
import type { Attributes } from '../store/record.js'
import type { Claim, LoggedAttempt } from '../store/send-log.js'
import { noStep, type Step } from '../store/sliding-log.js'
import type { ConversationAccess } from './access.js'
import { contentHash } from './content-hash.js'
import {
  createDelivery,
  type DeliveryOptions,
  outcomePending,
  replyOf,
  type SendCall,
  searchOf,
} from './deliver.js'
import { attributesOf } from './prechat.js'
import type { OwnedConversation } from './salesforce-tokens.js'

type Options = DeliveryOptions & {
  access: ConversationAccess
  callerAttributes: readonly string[]
}

/**
 * Sets the first and the longest pause, in milliseconds, between two reads of the log for an
 * attempt of another call: its outcome is known half a second after its end.
 */
const firstTurnMs = 100
const longestTurnMs = 500
/** Turns per look into Salesforce's list, for a call that waits for another call's attempt. */
const turnsPerLook = 3

type SendOptions = {
  /**
   * Answers to a pre-chat that is asked per session: they open a new session, instead of the
   * attributes of the start.
   */
  answers?: Attributes | undefined
  /** Holds the claim that was made with the count of the call. */
  claim?: Claim | null
}

export function createSend(options: Options) {
  const { access, sendLog, clock } = options
  const delivery = createDelivery(options)
  const { attemptNow, recordAttempt, recordDelivery, deliver, deliverFirst } = delivery
  const { settle, findEntry, givenUp } = delivery

  /**
   * Takes over an attempt that was given up, after looking for its effect; null when another call
   * was quicker.
   * @throws {GatewayError} upstream_unavailable while the outcome is not known
   */
  async function takeOver(call: SendCall, earlier: LoggedAttempt): Promise<SendReply | null> {
    const takenOver = await sendLog.takeOver(
      call.key,
      earlier,
      attemptNow(earlier.hash, earlier.since),
    )
    if (!takenOver) return null
    const { status, at } = await settle(call, takenOver, earlier.at)
    if (status === 'arrived') return await recordDelivery(call, takenOver, at, true)
    if (status === 'absent') return await deliver(call, takenOver)
    await recordAttempt(call, takenOver, { state: 'unclear', at: earlier.at })
    throw givenUp(outcomePending())
  }

  /**
   * Waits a turn for an attempt under way, which may have arrived without being logged so; null
   * while that is not known.
   * @throws {GatewayError} upstream_unavailable when the time is over
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

  /**
   * Waits for another call's attempt to end, or takes it over; null when it was released.
   * @throws {GatewayError} id_reused
   * @throws {GatewayError} upstream_unavailable while the outcome is not known
   */
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
