/**
 * Says a thing exactly once, whatever is lost in between: the send log knows which id was tried with
 * which content, and an attempt whose outcome is unclear is settled by looking for the id in
 * Salesforce's list before anything is sent again.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { isoTime } from '../contract/common.js'
import type { SendReply } from '../contract/replies.js'
import { GatewayError, isProblem } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Messaging, Reach, Saying } from '../salesforce/messaging.js'
import type { Records } from '../store/records.js'
import type { Attempt, LoggedAttempt, MessageKey, Sends } from '../store/sends.js'
import { createCompletion } from './complete.js'
import { hashOf } from './content.js'
import type { Echoes } from './echoes.js'
import { type Attributes, attributesOf } from './prechat.js'
import type { Own, Reaches } from './reach.js'
import { createSessions } from './session.js'
import { blindSettlement, createSettlement } from './settle.js'
import { unclear } from './unclear.js'

type Options = {
  messaging: Messaging
  reaches: Reaches
  records: Records
  sends: Sends
  echoes: Echoes
  callerAttributes: readonly string[]
  /** How long after an attempt was given up its effect may still show in Salesforce's list. */
  settleMs: number
}

const askAgainMs = 200
/** While it follows another call's attempt, a call looks into Salesforce's list once in so many turns. */
const turnsPerLook = 3
const maxAttempts = 3
/** What a further attempt needs beside the time to settle it. */
const worthwhileMs = 200

/** What one call is about. */
type Errand = {
  own: Own
  reach: Reach
  saying: Saying
  message: MessageKey
  hash: string
  answers: Attributes | null
}

function unsure(): GatewayError {
  return new GatewayError('upstream_unavailable', {
    detail: 'It is not clear yet whether the message arrived. Send it again with the same id.',
    retryAfterMs: 1000,
  })
}

function replyOf({ own, saying }: Errand, at: number, duplicate: boolean): SendReply {
  return { id: saying.id, conversationId: own.conversation.id, timestamp: isoTime(at), duplicate }
}

export function createSpeaker(options: Options) {
  const { messaging, reaches, sends, echoes, settleMs, callerAttributes } = options
  const { ourIds } = messaging.traits
  const sessions = createSessions(options)
  const { settle, look } = ourIds ? createSettlement({ messaging, settleMs }) : blindSettlement
  const complete = createCompletion(messaging)

  /** What is told of an attempt whose fate is not known. */
  function givenUp(error: GatewayError): GatewayError {
    return ourIds ? error : unclear()
  }

  function attemptNow(hash: string, since: number): Attempt {
    const at = Date.now() + Math.min(remainingMs(), 60_000)
    return { hash, state: 'sending', since, at, by: randomUUID() }
  }

  async function note(errand: Errand, from: LoggedAttempt, to: Partial<Attempt>) {
    await sends.conclude(errand.message, from, {
      hash: from.hash,
      state: from.state,
      since: from.since,
      at: from.at,
      ...to,
      by: randomUUID(),
    })
  }

  /** What was delivered is told, even when the log cannot be written: a repeat is settled by the list. */
  async function arrived(errand: Errand, logged: LoggedAttempt, at: number, duplicate: boolean) {
    await note(errand, logged, { state: 'sent', at })
    return replyOf(errand, at, duplicate)
  }

  /** Sends, and when the outcome is unclear finds out; sends again only what certainly did not arrive. */
  async function deliver(errand: Errand, logged: LoggedAttempt): Promise<SendReply> {
    const saying = await complete(errand.reach, errand.saying)
    for (let attempts = 1; ; attempts++) {
      try {
        const say = () => sessions.say({ ...errand, saying })
        return await arrived(errand, logged, await echoes.follow(errand.message, say), false)
      } catch (error) {
        if (!isProblem(error)) throw error
        if (error.details.effect === 'none') {
          await sends.release(errand.message, logged)
          throw error
        }
        const givenUpAt = Date.now()
        const { fate, at } = await settle(errand.reach, errand.saying.id, logged.since, givenUpAt)
        if (fate === 'arrived') return await arrived(errand, logged, at, false)
        const pauseMs = Math.max(askAgainMs * attempts, error.details.retryAfterMs ?? 0)
        const isTimeLeft = remainingMs() - pauseMs > 3 * settleMs + worthwhileMs
        if (fate === 'unknown' || attempts === maxAttempts || !isTimeLeft) {
          await note(errand, logged, { state: 'unclear', at: givenUpAt })
          throw givenUp(error)
        }
        await sleep(pauseMs)
      }
    }
  }

  /** Takes over what somebody gave up, after looking whether it arrived. */
  async function takeOver(errand: Errand, earlier: LoggedAttempt): Promise<SendReply | null> {
    const mine = await sends.takeOver(
      errand.message,
      earlier,
      attemptNow(earlier.hash, earlier.since),
    )
    if (!mine) return null
    const { fate, at } = await settle(errand.reach, errand.saying.id, earlier.since, earlier.at)
    if (fate === 'arrived') return await arrived(errand, mine, at, true)
    if (fate === 'absent') return await deliver(errand, mine)
    await note(errand, mine, { state: 'unclear', at: earlier.at })
    throw givenUp(unsure())
  }

  /** Finds out about an attempt under way, which may have arrived without being logged so. */
  async function watch(errand: Errand, earlier: LoggedAttempt, turn: number) {
    if (remainingMs() < 2 * askAgainMs) throw unsure()
    await sleep(askAgainMs)
    if (turn % turnsPerLook !== turnsPerLook - 1) return null
    const found = await look(errand.reach, errand.saying.id, earlier.since)
    return found ? await arrived(errand, earlier, found.at, true) : null
  }

  /** Waits for another call's attempt to come to an end, or ends it; null when it was given back. */
  async function follow(errand: Errand, first: LoggedAttempt | null): Promise<SendReply | null> {
    let earlier = first
    for (let turn = 0; earlier; turn++) {
      if (earlier.hash !== errand.hash) throw new GatewayError('id_reused')
      if (earlier.state === 'sent') return replyOf(errand, earlier.at, true)
      const isOver = earlier.state === 'unclear' || earlier.at <= Date.now()
      const reply = await (isOver ? takeOver(errand, earlier) : watch(errand, earlier, turn))
      if (reply) return reply
      earlier = await sends.find(errand.message)
    }
    return null
  }

  /**
   * Says it. `answers`, to a pre-chat that is asked for each session, open a new session instead of
   * the attributes of the start. Throws `id_reused` for another content under the same id,
   * `conversation_ended`, `conversation_lost`, and what Salesforce or Redis may cause; then the same
   * call can be repeated.
   */
  return async function say(own: Own, saying: Saying, answers?: Attributes): Promise<SendReply> {
    const { conversation } = own
    const given = answers ? attributesOf({ routingAttributes: answers }, callerAttributes) : null
    if (conversation.status === 'ended') throw new GatewayError('conversation_ended')
    return await reaches.within(own, async (reach) => {
      const message = { conversationId: conversation.id, id: saying.id }
      const errand = { own, reach, saying, message, hash: hashOf(saying), answers: given }
      for (;;) {
        const claim = await sends.claim(message, attemptNow(errand.hash, Date.now()))
        if ('mine' in claim) return await deliver(errand, claim.mine)
        const reply = await follow(errand, claim.earlier)
        if (reply) return reply
      }
    })
  }
}
