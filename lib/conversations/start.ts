/** Opens a conversation, or returns the one that is open: two starts at once end in one. */
import { randomUUID } from 'node:crypto'
import { isoTime } from '../contract/common.js'
import type { StartReply } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { GatewayError, isProblem, unauthenticated } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type {
  Device,
  Offer,
  SealedToken,
  StoredConversation,
  VisitorRecord,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import type { ConversationAccess } from './access.js'
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
  /** Organisation and deployment, as records carry them. */
  deployment: string
  callerAttributes: readonly string[]
  endedConversationMs: number
  maxConversations: number
}

/** A token for a new conversation, and what the deployment offered with it. */
type TokenWithOffer = { token: SealedToken; offer: Offer }

const noOffer: Offer = { prechat: null, attachments: null }

function newestFirst(conversations: readonly StoredConversation[]): StoredConversation[] {
  return [...conversations].sort((a, b) => b.startedAt - a.startedAt)
}

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
  const { messaging, records, access, locks, limiter, tokens, deployment } = options
  const { renewable } = messaging.traits
  const { createInSalesforce, markUnclearLost } = createConversationCreator(options)

  /** The conversation this request is about, if it is there already. Throws when it is over. */
  function existing({ conversations }: VisitorRecord, input: StartRequest) {
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
  function usableToken({ token, offer }: VisitorRecord): TokenWithOffer | null {
    return offer && tokens.isUsable(token, renewable) ? { token, offer } : null
  }

  /** Only calls that create count; one that waits for its form does not. */
  async function tokenForStart(
    caller: Device,
    usable: TokenWithOffer | null,
    check: (form: Offer['prechat']) => void,
  ): Promise<TokenWithOffer> {
    if (usable) check(usable.offer.prechat)
    await limiter.check([{ limit: 'start', counterId: caller.id }])
    if (usable) return usable
    const tokenWithOffer = await tokens.fetchToken(caller.id, caller.id, 'start')
    try {
      check(tokenWithOffer.offer.prechat)
      return tokenWithOffer
    } catch (error) {
      await records.saveVisitorToken(caller.id, tokenWithOffer.token, tokenWithOffer.offer)
      throw error
    }
  }

  /** Conversations that are over long enough, and the oldest ended ones above the number kept. */
  function outdated({ conversations }: VisitorRecord): string[] {
    const over = newestFirst(conversations).filter(
      (conversation) => conversation.status === 'ended' || !access.isAlive(conversation),
    )
    const openCount = conversations.length - over.length
    const kept = Math.max(0, options.maxConversations - 1 - openCount)
    const overSince = ({ endedAt, expiresAt, startedAt }: StoredConversation) =>
      endedAt ?? expiresAt ?? startedAt
    return over
      .filter((conversation, index) => {
        const age = Date.now() - overSince(conversation)
        return index >= kept || age > options.endedConversationMs
      })
      .map(({ id }) => id)
  }

  /** Open conversations are never dropped, so that there must be an end to them. */
  function refuseAboveMaximum({ conversations }: VisitorRecord): void {
    const open = conversations.filter(
      (conversation) => conversation.status !== 'ended' && access.isAlive(conversation),
    )
    if (open.length < options.maxConversations) return
    const detail = `At most ${options.maxConversations} open conversations: end one first.`
    throw new GatewayError('rate_limited', { detail, retryAfterMs: 60_000 })
  }

  async function begin(
    caller: Device,
    record: VisitorRecord,
    input: StartRequest,
    usable: TokenWithOffer | null,
  ) {
    refuseAboveMaximum(record)
    const given = attributesOf(input, options.callerAttributes)
    const routingAttributes = { ...given, ...record.attributes }
    const id = input.conversationId ?? randomUUID()
    const claimId = () => records.claimConversationId(id, caller.id)
    if (input.conversationId && !(await claimId())) throw new GatewayError('conversation_not_found')
    const tokenWithOffer = await tokenForStart(caller, usable, (form) =>
      checkPrechat(form, input, routingAttributes),
    )
    if (!input.conversationId) await claimId()
    const conversation: StoredConversation = {
      id,
      status: 'starting',
      startedAt: Date.now(),
      endedAt: null,
      expiresAt: renewable ? null : tokenWithOffer.token.expiresAt,
      subject: caller.id,
      routingAttributes,
      language: input.language ?? null,
      isSessionOver: false,
      deployment,
    }
    await records
      .createConversation(caller.id, conversation, tokenWithOffer, outdated(record))
      .catch(async (error) => {
        // Written or not, Salesforce does not know of it.
        await records.discardConversation(caller.id, conversation).catch(() => undefined)
        throw error
      })
    const owned = { visitorId: caller.id, conversation, token: tokenWithOffer.token }
    const opened = await createInSalesforce(owned, contextOf(input, routingAttributes))
    return replyOf(opened, tokenWithOffer.offer, false)
  }

  /**
   * Creates a conversation. A guest's stored token may be refused: then a fresh one is tried first.
   */
  async function create(caller: Device, record: VisitorRecord, input: StartRequest) {
    const usable = usableToken(record)
    try {
      return await begin(caller, record, input, usable)
    } catch (error) {
      if (!usable || !isProblem(error, 'upstream_rejected')) throw error
      return await begin(caller, record, input, null)
    }
  }

  /** Decided under the visitor's lock, on a record read under it. */
  async function startUnderLock(caller: Device, input: StartRequest): Promise<StartReply> {
    const found = await records.readRecord(caller)
    if (found.isRevoked) throw unauthenticated()
    const record = await markUnclearLost(caller.id, found)
    const begun = existing(record, input)
    if (begun?.status === 'open') return replyOf(begun, record.offer, true)
    if (!begun) return await create(caller, record, input)
    const owned = { visitorId: caller.id, conversation: begun, token: record.tokenOf(begun) }
    return replyOf(await createInSalesforce(owned), record.offer, false)
  }

  /**
   * Starts a conversation. `record` was read with the request's limits; the visitor's lock is taken
   * only when something must be created.
   * @throws {GatewayError} prechat_required, conversation_ended, conversation_lost, rate_limited
   * @throws {GatewayError} conversation_not_found when the id is another visitor's
   */
  return function start(caller: Device, record: VisitorRecord, input: StartRequest) {
    const found = existing(record, input)
    if (found?.status === 'open') return Promise.resolve(replyOf(found, record.offer, true))
    return locks.withLock(caller.id, 'start', () => startUnderLock(caller, input))
  }
}
