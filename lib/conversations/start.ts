/** Opens a conversation, or returns the one that is open: two starts at once end in one. */
import { randomUUID } from 'node:crypto'
import { isoTime } from '../contract/common.js'
import type { StartReply } from '../contract/replies.js'
import type { StartRequest } from '../contract/requests.js'
import { GatewayError, isProblem } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Offer, Records, StoredConversation, VisitorRecord } from '../store/records.js'
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

type SealedPass = { sealed: string; expiresAt: number; offer: Offer }

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
    if (input.resume) {
      return (
        alive.find(({ status }) => status === 'open') ??
        alive.find(({ status }) => status === 'starting')
      )
    }
    const named = conversations.find(({ id }) => id === input.conversationId)
    if (named?.status === 'ended') throw new GatewayError('conversation_ended')
    if (named && !reaches.isAlive(named)) throw new GatewayError('conversation_lost')
    return named
  }

  /** A token for a new person: one that waits unused, or a fresh one. */
  async function passFor({ id }: Caller, { spareToken, offer }: VisitorRecord) {
    const creates = limiter.check([{ limit: 'start', of: id }])
    if (spareToken && offer && spareToken.expiresAt > Date.now()) {
      await creates
      return { ...spareToken, offer }
    }
    await Promise.all([creates, limiter.checkToken(deployment, 'start')])
    const pass = await messaging.admitGuest()
    const sealed = await vault.seal(pass.token, id)
    return { sealed, expiresAt: pass.expiresAt, offer: pass.offer }
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

  async function prepare(caller: Caller, record: VisitorRecord, input: StartRequest) {
    const routingAttributes = attributesOf(input, options.callerAttributes)
    const id = input.conversationId ?? randomUUID()
    const isOurs = () => records.claim(id, caller.id)
    if (input.conversationId && !(await isOurs())) throw new GatewayError('conversation_not_found')
    const pass: SealedPass = await passFor(caller, record)
    try {
      checkPrechat(pass.offer.prechat, input, routingAttributes)
    } catch (error) {
      await records.keepSpare(caller.id, pass, pass.offer)
      throw error
    }
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
    return { conversation, offer: pass.offer }
  }

  /** Decided under the visitor's lock, on a record read under it. */
  async function startAlone(caller: Caller, input: StartRequest): Promise<StartReply> {
    const record = await records.read(caller)
    const found = existing(record, input)
    if (found?.status === 'open') return replyOf(found, record.offer, true)
    const begun = found
      ? { conversation: found, offer: record.offer }
      : await prepare(caller, record, input)
    return replyOf(await open(caller, begun.conversation), begun.offer, false)
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
