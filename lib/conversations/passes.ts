/**
 * The Salesforce tokens behind conversations: who holds which, and when a fresh one is due. A guest's
 * token cannot be renewed (`enhanced-chat-api.md §1.6`); others are, once however many ask.
 */
import { GatewayError, unauthenticated } from '../problem.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Offer, SealedPass, StoredConversation } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Vault } from '../store/vault.js'

/** A conversation, whose it is, and its token as it was read. */
export type Own = {
  visitorId: string
  conversation: StoredConversation
  pass: SealedPass | null
}

type Options = {
  messaging: Messaging
  records: Records
  locks: Locks
  limiter: Limiter
  vault: Vault
  deployment: string
}

/** A token is renewed this long before it ends, in milliseconds. */
const marginMs = 60_000

export type Passes = ReturnType<typeof createPasses>

export function createPasses({ messaging, records, locks, limiter, vault, deployment }: Options) {
  /** Whether a token can be used here; one that can be renewed, for a moment yet. */
  function isFit(pass: SealedPass | null, canRenew: boolean): pass is SealedPass {
    const leftMs = canRenew ? marginMs : 0
    return pass?.deployment === deployment && pass.expiresAt - leftMs > Date.now()
  }

  /** A fresh token for a person, sealed for the visitor who has them. */
  async function fetchPass(
    visitorId: string,
    subject: string,
    purpose: 'start' | 'renewal',
  ): Promise<{ pass: SealedPass; offer: Offer }> {
    await limiter.checkToken(deployment, purpose)
    const { token, expiresAt, offer } = await messaging.admit(subject)
    const sealed = await vault.seal(token, visitorId)
    return { pass: { sealed, expiresAt, deployment }, offer }
  }

  /** Another call may have renewed it while this one waited: then that is the token. */
  function renew({ visitorId, conversation }: Own, stale: SealedPass | null): Promise<SealedPass> {
    return locks.hold(visitorId, 'token', async () => {
      const now = await records.passOf(visitorId, conversation)
      if (isFit(now, true) && now.sealed !== stale?.sealed) return now
      if ((await records.heirOf(visitorId)) !== null) throw unauthenticated()
      const { pass } = await fetchPass(visitorId, conversation.subject, 'renewal')
      if (await records.keepPass(visitorId, conversation, pass)) return pass
      await takeBack(visitorId, pass)
      throw unauthenticated()
    })
  }

  /** Takes a token back that could be renewed, as far as Salesforce allows. */
  async function takeBack(visitorId: string, pass: SealedPass): Promise<void> {
    const token = messaging.traits.renewable ? await open(visitorId, pass) : null
    if (token !== null) await messaging.revoke(token).catch(() => undefined)
  }

  function isRenewable({ expiresAt }: StoredConversation): boolean {
    return expiresAt === null && messaging.traits.renewable
  }

  async function open(visitorId: string, pass: SealedPass): Promise<string | null> {
    return await vault.open(pass.sealed, visitorId)
  }

  return {
    isFit,
    fetchPass,
    isRenewable,

    /** The token to reach a conversation with, renewed when it is due; throws `conversation_lost`. */
    async tokenOf(own: Own): Promise<string> {
      const { visitorId, conversation, pass } = own
      const canRenew = isRenewable(conversation)
      const known = isFit(pass, canRenew) ? await open(visitorId, pass) : null
      if (known !== null) return known
      if (!canRenew) throw new GatewayError('conversation_lost')
      return await this.freshTokenOf(own)
    },

    revoke: takeBack,

    /** The token after Salesforce refused the one that is kept. */
    async freshTokenOf(own: Own): Promise<string> {
      const token = await open(own.visitorId, await renew(own, own.pass))
      if (token === null) throw new GatewayError('conversation_lost')
      return token
    },
  }
}
