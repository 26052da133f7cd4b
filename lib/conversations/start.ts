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
  SealedPass,
  StoredConversation,
  VisitorRecord,
} from '../store/record.js'
import type { Records } from '../store/records.js'
import { createOpener } from './opening.js'
import type { Passes } from './passes.js'
import { attributesOf, checkPrechat, contextOf } from './prechat.js'
import type { Reaches } from './reach.js'

type Options = {
  messaging: Messaging
  records: Records
  reaches: Reaches
  locks: Locks
  limiter: Limiter
  passes: Passes
  /** Organisation and deployment, as records carry them. */
  deployment: string
  callerAttributes: readonly string[]
  endedConversationMs: number
  maxConversations: number
}

/** A token for a new conversation, and what the deployment offered with it. */
type Ticket = { pass: SealedPass; offer: Offer }

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

export function createStarter(options: Options) {
  const { messaging, records, reaches, locks, limiter, passes, deployment } = options
  const { renewable } = messaging.traits
  const { open, giveUpUnclear } = createOpener(options)

  /** The conversation this request is about, if it is there already. Throws when it is over. */
  function existing({ conversations }: VisitorRecord, input: StartRequest) {
    const alive = newestFirst(conversations).filter(reaches.isAlive)
    const begun =
      alive.find(({ status }) => status === 'open') ??
      alive.find(({ status }) => status === 'starting')
    if (input.resume && begun) return begun
    const named = conversations.find(({ id }) => id === input.conversationId)
    if (named?.status === 'ended') throw new GatewayError('conversation_ended')
    if (named && !reaches.isAlive(named)) throw new GatewayError('conversation_lost')
    return named
  }

  /** The token at hand: one that can be renewed, or a guest's that waits since pre-chat answers were asked for. */
  function ticketAtHand({ pass, offer }: VisitorRecord): Ticket | null {
    return offer && passes.isFit(pass, renewable) ? { pass, offer } : null
  }

  /** Only calls that create count; one that waits for its form does not. */
  async function ticketFor(
    caller: Device,
    atHand: Ticket | null,
    check: (form: Offer['prechat']) => void,
  ): Promise<Ticket> {
    if (atHand) check(atHand.offer.prechat)
    await limiter.check([{ limit: 'start', of: caller.id }])
    if (atHand) return atHand
    const ticket = await passes.fetchPass(caller.id, caller.id, 'start')
    try {
      check(ticket.offer.prechat)
      return ticket
    } catch (error) {
      await records.keepVisitorsPass(caller.id, ticket.pass, ticket.offer)
      throw error
    }
  }

  /** Conversations that are over long enough, and the oldest ended ones above the number kept. */
  function outdated({ conversations }: VisitorRecord): string[] {
    const over = newestFirst(conversations).filter(
      (conversation) => conversation.status === 'ended' || !reaches.isAlive(conversation),
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
  function refuseMore({ conversations }: VisitorRecord): void {
    const open = conversations.filter(
      (conversation) => conversation.status !== 'ended' && reaches.isAlive(conversation),
    )
    if (open.length < options.maxConversations) return
    const detail = `At most ${options.maxConversations} open conversations: end one first.`
    throw new GatewayError('rate_limited', { detail, retryAfterMs: 60_000 })
  }

  async function begin(
    caller: Device,
    record: VisitorRecord,
    input: StartRequest,
    atHand: Ticket | null,
  ) {
    refuseMore(record)
    const given = attributesOf(input, options.callerAttributes)
    const routingAttributes = { ...given, ...record.attributes }
    const id = input.conversationId ?? randomUUID()
    const isOurs = () => records.claim(id, caller.id)
    if (input.conversationId && !(await isOurs())) throw new GatewayError('conversation_not_found')
    const ticket = await ticketFor(caller, atHand, (form) =>
      checkPrechat(form, input, routingAttributes),
    )
    if (!input.conversationId) await isOurs()
    const conversation: StoredConversation = {
      id,
      status: 'starting',
      startedAt: Date.now(),
      endedAt: null,
      expiresAt: renewable ? null : ticket.pass.expiresAt,
      subject: caller.id,
      routingAttributes,
      language: input.language ?? null,
      isSessionOver: false,
      deployment,
    }
    await records.begin(caller.id, conversation, ticket, outdated(record)).catch(async (error) => {
      // Written or not, Salesforce does not know of it.
      await records.discard(caller.id, conversation).catch(() => undefined)
      throw error
    })
    const own = { visitorId: caller.id, conversation, pass: ticket.pass }
    const opened = await open(own, contextOf(input, routingAttributes))
    return replyOf(opened, ticket.offer, false)
  }

  /** A guest's token that waited may not be believed any more; a fresh one is tried before that is told. */
  async function create(caller: Device, record: VisitorRecord, input: StartRequest) {
    const atHand = ticketAtHand(record)
    try {
      return await begin(caller, record, input, atHand)
    } catch (error) {
      if (!atHand || !isProblem(error, 'upstream_rejected')) throw error
      return await begin(caller, record, input, null)
    }
  }

  /** Decided under the visitor's lock, on a record read under it. */
  async function startAlone(caller: Device, input: StartRequest): Promise<StartReply> {
    const found = await records.read(caller)
    if (found.gone) throw unauthenticated()
    const record = await giveUpUnclear(caller.id, found)
    const begun = existing(record, input)
    if (begun?.status === 'open') return replyOf(begun, record.offer, true)
    if (!begun) return await create(caller, record, input)
    const own = { visitorId: caller.id, conversation: begun, pass: record.passOf(begun) }
    return replyOf(await open(own), record.offer, false)
  }

  /**
   * Starts. `record` was read with the request's limits; the visitor's lock is taken only when
   * something must be created. Throws `prechat_required`, `conversation_ended`, `conversation_lost`,
   * `conversation_not_found` (the id is somebody else's), `rate_limited`.
   */
  return function start(caller: Device, record: VisitorRecord, input: StartRequest) {
    const found = existing(record, input)
    if (found?.status === 'open') return Promise.resolve(replyOf(found, record.offer, true))
    return locks.hold(caller.id, 'start', () => startAlone(caller, input))
  }
}
