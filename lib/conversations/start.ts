/** Opens a conversation, or returns the one that is open: two starts at once end in one. */

import type { StartReply } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { GatewayError, isProblem, unauthenticated } from '../problem.js'
import { goneSignal } from '../request.js'
import type { Lock, Locks } from '../store/locks.js'
import type { StartRecord } from '../store/record.js'
import { newestFirst } from './capacity.js'
import { createConversationCreator } from './create.js'
import {
  createNewConversations,
  type LockedStart,
  type NewConversationOptions,
  purposeOf,
  replyOf,
  type Starter,
} from './new-conversation.js'

type Options = NewConversationOptions & { locks: Locks }

/**
 * Describes the record that a start decides on, and the visitor's lock where it was taken with it.
 */
export type BegunStart = { record: StartRecord; lock: Lock | null }

export function createStart(options: Options) {
  const { records, access, locks, limiter, deployment } = options
  const creator = createConversationCreator(options)
  const { createAgain, markUnclearLost } = creator
  const { create, usableToken } = createNewConversations(options, creator)

  /**
   * Finds the conversation this request is about, if it is there already. The script of
   * `readAndLockForStart` judges alike.
   * @throws {GatewayError} conversation_ended, conversation_lost when it is over
   */
  function existing({ conversations }: StartRecord, input: StartRequest) {
    const alive = newestFirst(conversations).filter(access.isAlive)
    const begun =
      alive.find(({ status }) => status === 'open') ??
      alive.find(({ status }) => status === 'starting')
    if (input.resume && begun) return begun
    const named = conversations.find(({ id }) => id === input.conversationId)
    if (named?.status === 'ended') throw new GatewayError('conversation_ended')
    if (named && !access.isAlive(named)) throw new GatewayError('conversation_lost')
    return named
  }

  /**
   * Starts under the visitor's lock, on a record read under it. A conversation left in the state
   * `starting` that was closed meanwhile gives way to a new one, unless the caller names it.
   * @throws {GatewayError} unauthenticated when the visitor was revoked meanwhile
   */
  async function startUnderLock(
    caller: Starter,
    { record: found, lock }: LockedStart,
    input: StartRequest,
  ): Promise<StartReply> {
    if (found.isRevoked) throw unauthenticated()
    const record = await markUnclearLost(caller.id, found)
    const begun = existing(record, input)
    if (begun?.status === 'open') return replyOf(begun, record.offer, true)
    if (!begun) return await create(caller, { record, lock }, input)
    try {
      return replyOf(await createAgain(caller.id, begun, lock), record.offer, false)
    } catch (error) {
      const isNamed = begun.id === input.conversationId
      if (isNamed || !isProblem(error, 'conversation_ended')) throw error
      return await create(caller, { record: await records.readForStart(caller), lock }, input)
    }
  }

  return {
    /**
     * Reads the record that a start decides on. Where Salesforce must be asked, and it is not known
     * that a limit refuses that, the visitor's lock is taken with it, if it is free.
     */
    async beginStart(caller: Starter, input: StartRequest): Promise<BegunStart> {
      if (limiter.isKnownTokenRefusal(purposeOf(caller))) {
        return { record: await records.readForStart(caller), lock: null }
      }
      const { found, lock } = await locks.takeWith(caller.id, 'start', (request) =>
        records.readAndLockForStart(caller, { ...input, deployment }, request),
      )
      return { record: found.record, lock }
    },

    /**
     * Starts a conversation, or returns the open one without a lock. A lock that another call held
     * is waited for, and the record is read again under it.
     * @throws {GatewayError} prechat_required, conversation_ended, conversation_lost, rate_limited
     * @throws {GatewayError} outside_business_hours when Salesforce takes no new conversation now
     * @throws {GatewayError} conversation_not_found when the id is another visitor's
     */
    async start(caller: Starter, { record, lock }: BegunStart, input: StartRequest) {
      if (lock) {
        return await locks.hold(lock, () => startUnderLock(caller, { record, lock }, input))
      }
      const found = existing(record, input)
      if (found?.status === 'open') return replyOf(found, record.offer, true)
      if (!found && !usableToken(record)) limiter.refuseKnownTokenRequest(purposeOf(caller))
      // Until the lock is taken nothing has happened, so a start without a caller ends here.
      const work = async (held: Lock) => {
        const locked = { record: await records.readForStart(caller), lock: held }
        return await startUnderLock(caller, locked, input)
      }
      return await locks.withLock(caller.id, 'start', work, goneSignal())
    },
  }
}
