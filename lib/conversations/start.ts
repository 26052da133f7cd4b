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
  Offer,
  Records,
  SpareToken,
  StoredConversation,
  VisitorRecord,
} from '../store/records.js'
import type { Vault } from '../store/vault.js'
import { attributesOf, checkPrechat } from './prechat.js'
import type { Reaches } from './reach.js'

type Caller = { id: string; family: string }

type Options = {
  messaging: Messaging
  records: Records
  reaches: Reaches
  locks: Locks
  limiter: Limiter
  vault: Vault
  /** Organisation and deployment, as records carry them. */
  deployment: string
  callerAttributes: readonly string[]
  endedConversationMs: number
  maxConversations: number
}

/** A sealed token for a new conversation, and what the deployment offered with it. */
type SealedPass = SpareToken & { offer: Offer }

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
  const { messaging, records, reaches, locks, limiter, vault, deployment } = options

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

  /** The token that waits since the visitor was asked for pre-chat answers, if it is good here. */
  function spareOf({ spareToken, offer }: VisitorRecord): SealedPass | null {
    const isGood = spareToken?.deployment === deployment && spareToken.expiresAt > Date.now()
    return isGood && offer ? { ...spareToken, offer } : null
  }

  async function freshPass({ id }: Caller): Promise<SealedPass> {
    await limiter.checkToken(deployment, 'start')
    const { token, expiresAt, offer } = await messaging.admitGuest()
    return { sealed: await vault.seal(token, id), expiresAt, deployment, offer }
  }

  /** Only calls that create count; one that waits for its form does not. */
  async function passFor(
    caller: Caller,
    spare: SealedPass | null,
    check: (form: Offer['prechat']) => void,
  ): Promise<SealedPass> {
    if (spare) check(spare.offer.prechat)
    await limiter.check([{ limit: 'start', of: caller.id }])
    if (spare) return spare
    const pass = await freshPass(caller)
    try {
      check(pass.offer.prechat)
      return pass
    } catch (error) {
      await records.keepSpare(caller.id, pass, pass.offer)
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

  /** Opens it in Salesforce; doing so again for the same id and token changes nothing there. */
  async function open({ id: visitorId }: Caller, conversation: StoredConversation) {
    const { id: conversationId, token: sealed, routingAttributes, language } = conversation
    const token = sealed && (await vault.open(sealed, visitorId))
    if (!token) throw new GatewayError('conversation_lost')
    try {
      await messaging.open({ token, conversationId }, { routingAttributes, language })
    } catch (error) {
      const isRefusal = isProblem(error, 'upstream_rejected', 'conversation_lost')
      if (!isRefusal || error.details.effect !== 'none') throw error
      await records.discard(visitorId, conversationId)
      throw new GatewayError('upstream_rejected')
    }
    const opened: StoredConversation = { ...conversation, status: 'open' }
    await records.save(visitorId, opened)
    return opened
  }

  async function begin(
    caller: Caller,
    record: VisitorRecord,
    input: StartRequest,
    spare: SealedPass | null,
  ) {
    const routingAttributes = attributesOf(input, options.callerAttributes)
    const id = input.conversationId ?? randomUUID()
    const isOurs = () => records.claim(id, caller.id)
    if (input.conversationId && !(await isOurs())) throw new GatewayError('conversation_not_found')
    const pass = await passFor(caller, spare, (form) =>
      checkPrechat(form, input, routingAttributes),
    )
    if (!input.conversationId) await isOurs()
    const conversation: StoredConversation = {
      id,
      status: 'starting',
      startedAt: Date.now(),
      endedAt: null,
      expiresAt: pass.expiresAt,
      token: pass.sealed,
      routingAttributes,
      language: input.language ?? null,
      deployment,
    }
    await records.begin(caller.id, conversation, pass.offer, outdated(record))
    return replyOf(await open(caller, conversation), pass.offer, false)
  }

  /** A token that waited may not be believed any more; a fresh one is tried before that is told. */
  async function create(caller: Caller, record: VisitorRecord, input: StartRequest) {
    const spare = spareOf(record)
    try {
      return await begin(caller, record, input, spare)
    } catch (error) {
      if (!spare || !isProblem(error, 'upstream_rejected')) throw error
      return await begin(caller, record, input, null)
    }
  }

  /** Decided under the visitor's lock, on a record read under it. */
  async function startAlone(caller: Caller, input: StartRequest): Promise<StartReply> {
    const record = await records.read(caller)
    if (record.gone) throw unauthenticated()
    const found = existing(record, input)
    if (found?.status === 'open') return replyOf(found, record.offer, true)
    if (found) return replyOf(await open(caller, found), record.offer, false)
    return await create(caller, record, input)
  }

  /**
   * Starts. `record` was read with the request's limits; the visitor's lock is taken only when
   * something must be created. Throws `prechat_required`, `conversation_ended`, `conversation_lost`,
   * `conversation_not_found` (the id is somebody else's), `rate_limited`.
   */
  return function start(caller: Caller, record: VisitorRecord, input: StartRequest) {
    const found = existing(record, input)
    if (found?.status === 'open') return Promise.resolve(replyOf(found, record.offer, true))
    return locks.hold(caller.id, 'start', () => startAlone(caller, input))
  }
}
