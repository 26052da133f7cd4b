/**
 * Keeps the Salesforce tokens behind conversations: which visitor holds which, and when a fresh one
 * is due. A guest's token cannot be renewed (`enhanced-chat-api.md §1.6`). Others are renewed once
 * for all the calls that ask for it.
 */
import type { Clock } from '../clock.js'
import { pause } from '../pauses.js'
import { GatewayError, isProblem, unauthenticated } from '../problem.js'
import { remainingMs } from '../request.js'
import type { Messaging, SalesforceToken } from '../salesforce/messaging.js'
import type { Sealer } from '../sealing.js'
import type { Limiter, TokenPurpose } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Offer, SealedToken, StoredConversation } from '../store/record.js'
import type { Records } from '../store/records.js'

/** Describes a conversation, the visitor it belongs to, and its token as it was read. */
export type OwnedConversation = {
  visitorId: string
  conversation: StoredConversation
  token: SealedToken | null
}

type Options = {
  messaging: Messaging
  records: Records
  locks: Locks
  limiter: Limiter
  tokenSealer: Sealer
  deployment: string
  clock: Clock
}

/** Sets the milliseconds before its end from which a token is renewed. */
const renewalMarginMs = 60_000

/** Sets the milliseconds before a failed request for a token is repeated. */
const repeatPauseMs = 200
/** Sets the milliseconds that the repeat needs at least. */
const minRequestMs = 250

export type SalesforceTokens = ReturnType<typeof createSalesforceTokens>

export function createSalesforceTokens({
  messaging,
  records,
  locks,
  limiter,
  tokenSealer,
  deployment,
  clock,
}: Options) {
  /**
   * Tells that a token can be used here; one that can be renewed must be valid for a moment longer.
   */
  function isUsable(
    sealedToken: SealedToken | null,
    canRenew: boolean,
  ): sealedToken is SealedToken {
    const leftMs = canRenew ? renewalMarginMs : 0
    return sealedToken?.deployment === deployment && sealedToken.expiresAt - leftMs > clock.now()
  }

  /** Requests a token. Each request counts on the organisation's limit; see `fetchToken`. */
  async function requestToken(
    subject: string,
    purpose: TokenPurpose,
    along: () => Promise<void> = async () => undefined,
  ): Promise<SalesforceToken> {
    await Promise.all([limiter.checkTokenRequest(purpose), along()])
    return await messaging.createToken(subject)
  }

  /**
   * Requests a token, and once more when Salesforce failed or the connection was cut, if the
   * request's deadline allows it: an unused token changes nothing.
   */
  async function requestTokenTwice(
    subject: string,
    purpose: TokenPurpose,
    along?: () => Promise<void>,
  ): Promise<SalesforceToken> {
    try {
      return await requestToken(subject, purpose, along)
    } catch (error) {
      if (!isProblem(error, 'upstream_unavailable')) throw error
      const pauseMs = Math.max(repeatPauseMs, error.details.retryAfterMs ?? 0)
      if (pauseMs + minRequestMs > remainingMs()) throw error
      await pause(pauseMs)
      const isStart = purpose.kind === 'start'
      return await requestToken(subject, isStart ? { ...purpose, kind: 'repeated start' } : purpose)
    }
  }

  /**
   * Fetches a fresh token for a subject, sealed for the visitor who has its conversations.
   * @param along is done in the request to Redis that counts; when it fails, Salesforce is not asked
   */
  async function fetchToken(
    visitorId: string,
    subject: string,
    purpose: TokenPurpose,
    along?: () => Promise<void>,
  ): Promise<{ token: SealedToken; offer: Offer }> {
    const { token: plain, expiresAt, offer } = await requestTokenTwice(subject, purpose, along)
    const sealed = seal(visitorId, plain)
    return { token: { sealed, expiresAt, deployment }, offer }
  }

  /**
   * Renews a token. Another call may have renewed it while this one waited: then that is the token.
   * @throws {GatewayError} unauthenticated when the visitor was merged or revoked meanwhile
   */
  function renew(
    { visitorId, conversation }: OwnedConversation,
    stale: SealedToken | null,
  ): Promise<SealedToken> {
    return locks.withLock(visitorId, 'token', async () => {
      const stored = await records.readToken(visitorId, conversation)
      if (isUsable(stored, true) && stored.sealed !== stale?.sealed) return stored
      if ((await records.mergedInto(visitorId)) !== null) throw unauthenticated()
      const { token: sealedToken } = await fetchToken(visitorId, conversation.subject, {
        kind: 'renewal',
      })
      if (await records.saveToken(visitorId, conversation, sealedToken)) return sealedToken
      await revoke(visitorId, sealedToken)
      throw unauthenticated()
    })
  }

  /** Takes a token back that could be renewed, as far as Salesforce allows. */
  async function revoke(visitorId: string, sealedToken: SealedToken): Promise<void> {
    const token = messaging.traits.renewable ? open(visitorId, sealedToken) : null
    if (token !== null) await messaging.revokeToken(token).catch(() => undefined)
  }

  function isRenewable({ expiresAt }: StoredConversation): boolean {
    return expiresAt === null && messaging.traits.renewable
  }

  function seal(visitorId: string, token: string): string {
    return tokenSealer.seal(Buffer.from(token), `token:${visitorId}`)
  }

  /**
   * Opens a sealed token; null when the secret is gone, or the token was sealed for another
   * visitor.
   */
  function open(visitorId: string, { sealed }: SealedToken): string | null {
    return tokenSealer.open(sealed, `token:${visitorId}`)?.toString() ?? null
  }

  /**
   * Fetches the token to use after Salesforce refused the one that is stored.
   * @throws {GatewayError} conversation_lost, unauthenticated, rate_limited
   */
  async function freshTokenOf(owned: OwnedConversation): Promise<string> {
    const token = open(owned.visitorId, await renew(owned, owned.token))
    if (token === null) throw new GatewayError('conversation_lost')
    return token
  }

  return {
    isUsable,
    fetchToken,
    isRenewable,

    /**
     * Returns the token to reach a conversation with, renewed when it is due.
     * @throws {GatewayError} conversation_lost
     * @throws {GatewayError} unauthenticated when the visitor was merged or revoked meanwhile
     */
    async tokenOf(owned: OwnedConversation): Promise<string> {
      const { visitorId, conversation, token } = owned
      const canRenew = isRenewable(conversation)
      const known = isUsable(token, canRenew) ? open(visitorId, token) : null
      if (known !== null) return known
      if (!canRenew) throw new GatewayError('conversation_lost')
      return await freshTokenOf(owned)
    },

    revoke,
    freshTokenOf,

    /** Seals a token for another visitor; null when it cannot be opened. */
    reseal(token: SealedToken, from: string, to: string): SealedToken | null {
      const plain = open(from, token)
      return plain === null ? null : { ...token, sealed: seal(to, plain) }
    },
  }
}
