/**
 * The Salesforce tokens behind conversations: who holds which, and when a fresh one is due. A guest's
 * token cannot be renewed (`enhanced-chat-api.md §1.6`); others are, once however many ask.
 */
import { GatewayError, unauthenticated } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Sealer } from '../sealing.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Offer, SealedToken, StoredConversation } from '../store/record.js'
import type { Records } from '../store/records.js'

/** A conversation, whose it is, and its token as it was read. */
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
}

/** A token is renewed this long before it ends, in milliseconds. */
const renewalMarginMs = 60_000

export type SalesforceTokens = ReturnType<typeof createSalesforceTokens>

export function createSalesforceTokens({
  messaging,
  records,
  locks,
  limiter,
  tokenSealer,
  deployment,
}: Options) {
  /**
   * Tells that a token can be used here; one that can be renewed must be valid for a moment longer.
   */
  function isUsable(
    sealedToken: SealedToken | null,
    canRenew: boolean,
  ): sealedToken is SealedToken {
    const leftMs = canRenew ? renewalMarginMs : 0
    return sealedToken?.deployment === deployment && sealedToken.expiresAt - leftMs > Date.now()
  }

  /** A fresh token for a person, sealed for the visitor who has them. */
  async function fetchToken(
    visitorId: string,
    subject: string,
    purpose: 'start' | 'renewal',
  ): Promise<{ token: SealedToken; offer: Offer }> {
    await limiter.checkTokenRequest(deployment, purpose)
    const { token: plain, expiresAt, offer } = await messaging.createToken(subject)
    const sealed = seal(visitorId, plain)
    return { token: { sealed, expiresAt, deployment }, offer }
  }

  /** Another call may have renewed it while this one waited: then that is the token. */
  function renew(
    { visitorId, conversation }: OwnedConversation,
    stale: SealedToken | null,
  ): Promise<SealedToken> {
    return locks.withLock(visitorId, 'token', async () => {
      const stored = await records.readToken(visitorId, conversation)
      if (isUsable(stored, true) && stored.sealed !== stale?.sealed) return stored
      if ((await records.mergedInto(visitorId)) !== null) throw unauthenticated()
      const { token: sealedToken } = await fetchToken(visitorId, conversation.subject, 'renewal')
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

  /** Null when the secret is gone, or the token was sealed for another visitor. */
  function open(visitorId: string, { sealed }: SealedToken): string | null {
    return tokenSealer.open(sealed, `token:${visitorId}`)?.toString() ?? null
  }

  /** Fetches the token to use after Salesforce refused the one that is stored. */
  async function freshTokenOf(owned: OwnedConversation): Promise<string> {
    const token = open(owned.visitorId, await renew(owned, owned.token))
    if (token === null) throw new GatewayError('conversation_lost')
    return token
  }

  return {
    isUsable,
    fetchToken,
    isRenewable,

    /** The token to reach a conversation with, renewed when it is due; throws `conversation_lost`. */
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
