/**
 * Creates the conversation of a start: with a token that is stored or fetched, within the visitor's
 * maximum, and recorded before Salesforce hears of it.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.js'
import { isoTime } from '../contract/common.js'
import type { StartReply } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { GatewayError, isProblem, unauthenticated } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter, TokenPurpose } from '../store/limiter.js'
import type { Lock } from '../store/locks.js'
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
import type { Capacity } from './capacity.js'
import type { ConversationCreator } from './create.js'
import { attributesOf, checkPrechat, contextOf } from './prechat.js'
import type { SalesforceTokens } from './salesforce-tokens.js'

export type NewConversationOptions = {
  messaging: Messaging
  records: Records
  access: ConversationAccess
  limiter: Limiter
  tokens: SalesforceTokens
  openingTime: OpeningTime
  firstMessageAttributes: FirstMessageAttributes
  /** Holds the organisation and deployment, as records carry them. */
  deployment: string
  callerAttributes: readonly string[]
  maxConversations: number
  capacity: Capacity
  clock: Clock
}

/** Describes a token for a new conversation, and what the deployment offered with it. */
type TokenWithOffer = { token: SealedToken; offer: Offer }

/** Describes the visitor on a device. `network`: the /48 of an IPv6 address, null for IPv4. */
export type Starter = Device & { network: string | null }

/** Describes a conversation about to be created, but for its id. */
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

/** Describes the record that was read under the lock. */
export type LockedStart = { record: StartRecord; lock: Lock }

const nothing = async () => undefined

const noOffer: Offer = { prechat: null, attachments: null }

export function replyOf(
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

export function purposeOf({ id, network }: Starter): TokenPurpose {
  return { kind: 'start', visitorId: id, network }
}

export function createNewConversations(
  options: NewConversationOptions,
  { createInSalesforce }: ConversationCreator,
) {
  const { messaging, records, capacity, limiter, tokens, deployment } = options
  const { renewable } = messaging.traits

  /**
   * Returns the stored token that can be used: one that can be renewed, or a guest's that waits for
   * pre-chat answers.
   */
  function usableToken({ token, offer }: StartRecord): TokenWithOffer | null {
    return offer && tokens.isUsable(token, renewable) ? { token, offer } : null
  }

  /**
   * Returns the token to start with. Only calls that create count against the limit; one that waits
   * for its form does not.
   * @param claimId is done in the request to Redis that counts
   * @throws {GatewayError} prechat_required, rate_limited, conversation_not_found
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
   * @throws {GatewayError} unauthenticated, conversation_ended, outside_business_hours
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

  /**
   * Claims an id for the visitor.
   * @throws {GatewayError} conversation_not_found when it is another visitor's
   */
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
   * @throws {GatewayError} rate_limited, prechat_required, conversation_not_found, unauthenticated
   * @throws {GatewayError} conversation_ended, outside_business_hours, upstream_rejected
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

  return { create, usableToken }
}
