/** Opens a conversation, or returns the one that is open: two starts at once end in one. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { StartReply } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { GatewayError, isProblem, unauthenticated } from '../problem.js'
import { goneSignal } from '../request.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter, TokenPurpose } from '../store/limiter.js'
import type { Lock, Locks } from '../store/locks.js'
import type {
  Attributes,
  Device,
  Offer,
  SealedToken,
  StartRecord,
  StoredConversation,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
import type { OpeningTime } from './availability.js'
import { type Capacity, newestFirst } from './capacity.js'
import { createConversationCreator } from './create.js'
import { attributesOf, checkPrechat, contextOf } from './prechat.js'
import type { SalesforceTokens } from './salesforce-tokens.js'

type Options = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  locks: Locks
  limiter: Limiter
  tokens: SalesforceTokens
  openingTime: OpeningTime
  firstMessageAttributes: FirstMessageAttributes
  /** Organisation and deployment, as records carry them. */
  deployment: string
  callerAttributes: readonly string[]
  maxConversations: number
  capacity: Capacity
  clock: Clock
}

/** A token for a new conversation, and what the deployment offered with it. */
type TokenWithOffer = { token: SealedToken; offer: Offer }

/** The visitor on one device; `network`: the /48 of the caller's IPv6 address, null for IPv4. */
type Starter = Device & { network: string | null }

/** The record that a start decides on, and the visitor's lock where it was taken with it. */
export type BegunStart = { record: StartRecord; lock: Lock | null }

/** A conversation about to be created, but for its id. */
type Beginning = {
  caller: Starter
  lock: Lock
  record: StartRecord
  input: StartRequest
  tokenWithOffer: TokenWithOffer
  routingAttributes: Attributes
}

/**
 * Names the conversations whose first message carries the attributes of the start again: all, none,
 * or (`auto`) those of a deployment that asks its form for each session. In some organisations the
 * values do not reach the session otherwise (`enhanced-chat-api.md §2.10`).
 */
export type FirstMessageAttributes = 'auto' | 'always' | 'never'

/** The record that was read under the lock. */
type LockedStart = { record: StartRecord; lock: Lock }

const nothing = async () => undefined

const noOffer: Offer = { prechat: null, attachments: null }

function replyOf(
  { id, startedAt, expiresAt }: StoredConversation,
  offer: Offer | null,
  resumed: boolean,
): StartReply {
  return {
    conversationId: id,
    status: 'open',
    resumed,
    startedAt: isoTime(startedAt),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
    ...(offer ?? noOffer),
  }
}

export function createStart(options: Options) {
  const { messaging, records, access, capacity, locks, limiter, tokens, deployment } = options
  const { renewable } = messaging.traits
  const { createInSalesforce, createAgain, markUnclearLost } = createConversationCreator(options)

  /**
   * Finds the conversation this request is about, if it is there already.
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
   * Returns the stored token that can be used: one that can be renewed, or a guest's that waits for
   * pre-chat answers.
   */
  function usableToken({ token, offer }: StartRecord): TokenWithOffer | null {
    return offer && tokens.isUsable(token, renewable) ? { token, offer } : null
  }

  function purposeOf({ id, network }: Starter): TokenPurpose {
    return { kind: 'start', visitorId: id, network }
  }

  /**
   * Returns the token to start with. Only calls that create count against the limit; one that waits
   * for its form does not.
   * @param claimId is done in the request to Redis that counts
   */
  async function tokenForStart(
    caller: Starter,
    usable: TokenWithOffer | null,
    check: (form: Offer['prechat']) => void,
    claimId: () => Promise<void>,
  ): Promise<TokenWithOffer> {
    if (usable) {
      check(usable.offer.prechat)
      await Promise.all([limiter.checkStart(caller.id), claimId()])
      return usable
    }
    const purpose = purposeOf(caller)
    const tokenWithOffer = await tokens.fetchToken(caller.id, caller.id, purpose, claimId)
    try {
      check(tokenWithOffer.offer.prechat)
      return tokenWithOffer
    } catch (error) {
      await records.saveVisitorToken(caller.id, tokenWithOffer.token, tokenWithOffer.offer)
      throw error
    }
  }

  /**
   * Refuses a start above the maximum: open conversations are never dropped, so their number is
   * limited.
   * @throws {GatewayError} rate_limited
   */
  function refuseAboveMaximum({ conversations }: StartRecord): void {
    if (!capacity.isFull(conversations)) return
    const detail = `At most ${options.maxConversations} open conversations: end one first.`
    throw new GatewayError('rate_limited', { detail, retryAfterMs: 60_000 })
  }

  /** Tells if the first message must carry the attributes of the start again. */
  function isFirstMessageDue({ offer }: TokenWithOffer): boolean {
    const { firstMessageAttributes: choice } = options
    return choice === 'always' || (choice === 'auto' && offer.prechat?.per === 'session')
  }

  /**
   * Creates the conversation under an id. It is stored with its token before Salesforce is asked, so
   * that a start that breaks off is repeated with the same id and the same token.
   * @param claimId is done in the request to Redis that stores it
   */
  async function createUnder(
    id: string,
    beginning: Beginning,
    claimId: () => Promise<void> = nothing,
  ): Promise<StartReply> {
    const { caller, lock, record, input, tokenWithOffer, routingAttributes } = beginning
    const conversation: StoredConversation = {
      id,
      status: 'starting',
      startedAt: options.clock.now(),
      endedAt: null,
      expiresAt: renewable ? null : tokenWithOffer.token.expiresAt,
      subject: caller.id,
      language: input.language ?? null,
      isSessionOver: false,
      ...(isFirstMessageDue(tokenWithOffer) && { isFirstMessageDue: true }),
      deployment,
    }
    const outdated = capacity.outdated(record.conversations, 1)
    const stored = { ...tokenWithOffer, routingAttributes }
    const [isStored] = await Promise.all([
      records.createConversation(caller.id, conversation, stored, outdated),
      claimId(),
    ]).catch(async (error) => {
      // Written or not, Salesforce does not know of it.
      await records.discardConversation(caller.id, conversation).catch(() => undefined)
      throw error
    })
    if (!isStored) throw unauthenticated()
    const owned = { visitorId: caller.id, conversation, token: tokenWithOffer.token }
    const contextParameters = contextOf(input, routingAttributes)
    const opened = await createInSalesforce(owned, { routingAttributes, contextParameters, lock })
    return replyOf(opened, tokenWithOffer.offer, false)
  }

  /** Claims an id for the visitor. */
  async function claimId(id: string, visitorId: string): Promise<void> {
    if (await records.claimConversationId(id, visitorId)) return
    throw new GatewayError('conversation_not_found')
  }

  async function createUnderNewId(beginning: Beginning): Promise<StartReply> {
    const id = randomUUID()
    return await createUnder(id, beginning, () => claimId(id, beginning.caller.id))
  }

  async function begin(
    caller: Starter,
    { record, lock }: LockedStart,
    input: StartRequest,
    usable: TokenWithOffer | null,
  ): Promise<StartReply> {
    refuseAboveMaximum(record)
    const given = attributesOf(input, options.callerAttributes)
    const routingAttributes = { ...given, ...record.attributes }
    const id = input.conversationId
    const tokenWithOffer = await tokenForStart(
      caller,
      usable,
      (form) => checkPrechat(form, input, routingAttributes),
      id === undefined ? nothing : () => claimId(id, caller.id),
    )
    const beginning = { caller, lock, record, input, tokenWithOffer, routingAttributes }
    if (id !== undefined) return await createUnder(id, beginning)
    return await createUnderNewId(beginning).catch((error) => {
      if (!isProblem(error, 'conversation_ended')) throw error
      return createUnderNewId(beginning)
    })
  }

  /**
   * Creates a conversation. A guest's stored token may be refused: then a fresh one is tried first.
   */
  async function create(caller: Starter, locked: LockedStart, input: StartRequest) {
    const usable = usableToken(locked.record)
    try {
      return await begin(caller, locked, input, usable)
    } catch (error) {
      if (!usable || !isProblem(error, 'upstream_rejected')) throw error
      return await begin(caller, locked, input, null)
    }
  }

  /**
   * Starts under the visitor's lock, on a record read under it. A conversation left in the state
   * `starting` that was closed meanwhile gives way to a new one, unless the caller names it.
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
     * Reads the record that a start decides on. Where a conversation must be created, and it is not
     * known that a limit refuses that, the visitor's lock is taken with it, if it is free.
     */
    async beginStart(caller: Starter, input: StartRequest): Promise<BegunStart> {
      if (limiter.isKnownTokenRefusal(purposeOf(caller))) {
        return { record: await records.readForStart(caller), lock: null }
      }
      const { found, lock } = await locks.takeWith(caller.id, 'start', (request) =>
        records.readAndLockForStart(caller, input, request),
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
