/**
 * Signs visitors in: new guests, known visitors, and returning ones. It makes no call to
 * Salesforce.
 */
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { isoTime } from '../contract/common.js'
import type { AuthReply } from '../contract/replies.js'
import { GatewayError } from '../problem.js'
import { deriveKeys } from '../sealing.js'
import { type Caller, createAccessTokens } from './access.js'
import type { Challenges } from './challenge.js'
import type { Identities } from './identity.js'
import { createRefreshTokens, hashOf, replaySealer } from './refresh.js'

type Rotation = { presentedHash: string; nextHash: string; replay: string; lifetimeMs: number }
type RotationOutcome =
  | { kind: 'rotated' | 'unknown' | 'reused' }
  | { kind: 'replayed'; replay: string }

/** Storage of the hashes of refresh tokens, one family per device. */
export type FamilyStore = {
  create(visitorId: string, family: string, hash: string, lifetimeMs: number): Promise<void>
  rotate(visitorId: string, family: string, rotation: Rotation): Promise<RotationOutcome>
  /** Tells that a token would still be exchanged; changes nothing. */
  isHonoured(visitorId: string, family: string, hash: string): Promise<boolean>
  revoke(visitorId: string, family: string): Promise<void>
}

/** Merging of a guest who signs in. */
export type GuestMerging = {
  /** Moves the guest's conversations to the visitor, and removes the guest. */
  merge(guest: Caller, visitorId: string): Promise<void>
  /** Returns the visitor that the guest has become; null when there is none. */
  mergedInto(guestId: string): Promise<string | null>
}

type Lifetimes = {
  accessTokenMs: number
  refreshMs: number
  guestRefreshMs: number
  verifiedSessionMs: number
}

type Options = {
  secrets: readonly string[]
  lifetimes: Lifetimes
  allowAnonymous: boolean
  families: FamilyStore
  guests: GuestMerging
  identities: Identities
  challenges: Challenges
  /**
   * Tells if a device is still signed in, and when a guest's conversation is lost with its token.
   */
  sessionStatus: (caller: Caller) => Promise<{ isActive: boolean; until: number | null }>
  /** Refuses the access tokens of a device, or of all devices, from now on. */
  revokeDevice: (visitorId: string, family: string) => Promise<void>
  revokeEverywhere: (visitorId: string, since: number) => Promise<void>
  /** Keeps what an identity says of its visitor. */
  saveAttributes: (visitorId: string, attributes: Readonly<Record<string, string>>) => Promise<void>
}

const replayed = z.strictObject({
  token: z.string(),
  expiresAt: z.number(),
  refreshToken: z.string(),
  refreshExpiresAt: z.number(),
})
type Pair = z.infer<typeof replayed>

export type Visitors = ReturnType<typeof createVisitors>

export function createVisitors(options: Options) {
  const { secrets, lifetimes, families } = options
  const accessTokens = createAccessTokens(deriveKeys(secrets, 'access'), lifetimes.accessTokenMs)
  const refreshTokens = createRefreshTokens(deriveKeys(secrets, 'refresh'))

  function replyOf({ id, verified }: Caller, pair: Pair): AuthReply {
    return {
      token: pair.token,
      tokenType: 'Bearer',
      expiresIn: Math.max(0, Math.ceil((pair.expiresAt - Date.now()) / 1000)),
      expiresAt: isoTime(pair.expiresAt),
      refreshToken: pair.refreshToken,
      refreshExpiresAt: isoTime(pair.refreshExpiresAt),
      user: { id, verified },
    }
  }

  function verifiedRefreshEnd({ since }: Caller): number {
    return Math.min(Date.now() + lifetimes.refreshMs, since + lifetimes.verifiedSessionMs)
  }

  /** When the next refresh token ends; throws for a device that was signed out. */
  async function refreshEnd(holder: Caller): Promise<number> {
    const { isActive, until } = await options.sessionStatus(holder)
    if (!isActive) throw new GatewayError('refresh_rejected')
    if (holder.verified) return verifiedRefreshEnd(holder)
    return until ?? Date.now() + lifetimes.guestRefreshMs
  }

  async function nextPair(holder: Caller, refreshExpiresAt: number): Promise<Pair> {
    const { token, expiresAt } = await accessTokens.issue(holder)
    return { token, expiresAt, refreshToken: refreshTokens.issue(holder), refreshExpiresAt }
  }

  /** Begins a family on a device that has just signed in. */
  async function startSession(holder: Caller, refreshExpiresAt: number): Promise<AuthReply> {
    const pair = await nextPair(holder, refreshExpiresAt)
    const lifetimeMs = Math.max(1, refreshExpiresAt - Date.now())
    await families.create(holder.id, holder.family, hashOf(pair.refreshToken), lifetimeMs)
    return replyOf(holder, pair)
  }

  /** The guest behind a refresh token that is still good, or was for this very merge. */
  async function guestOf(refreshToken: string, visitorId: string): Promise<Caller> {
    const guest = refreshTokens.open(refreshToken)
    if (!guest || guest.verified) throw new GatewayError('refresh_rejected')
    const isGood = await families.isHonoured(guest.id, guest.family, hashOf(refreshToken))
    if (!isGood && (await options.guests.mergedInto(guest.id)) !== visitorId) {
      throw new GatewayError('refresh_rejected')
    }
    return guest
  }

  return {
    authenticate: accessTokens.authenticate,

    /** A new anonymous visitor, whose challenge is met. */
    async createGuest(challenge: string | undefined): Promise<AuthReply> {
      if (!options.allowAnonymous) throw new GatewayError('anonymous_disabled')
      await options.challenges.verify(challenge)
      const now = Date.now()
      const device = { family: randomUUID(), since: now }
      const holder: Caller = { id: `guest-${randomUUID()}`, verified: false, ...device }
      return await startSession(holder, now + lifetimes.guestRefreshMs)
    },

    /**
     * A visitor whom the site's own login knows. A guest's refresh token beside it takes the guest's
     * conversations along. Throws `identity_rejected`, and `refresh_rejected` with nothing changed.
     */
    async signIn(identityToken: string, guestToken: string | undefined): Promise<AuthReply> {
      const { id, attributes } = await options.identities.verify(identityToken)
      if (guestToken !== undefined) {
        const guest = await guestOf(guestToken, id)
        await options.guests.merge(guest, id)
        await families.revoke(guest.id, guest.family)
      }
      await options.saveAttributes(id, attributes)
      const holder: Caller = { id, verified: true, family: randomUUID(), since: Date.now() }
      return await startSession(holder, verifiedRefreshEnd(holder))
    },

    /** The same visitor again; the token presented is used up. Throws `refresh_rejected`. */
    async refresh(presented: string): Promise<AuthReply> {
      const holder = refreshTokens.open(presented)
      if (!holder) throw new GatewayError('refresh_rejected')
      const refreshExpiresAt = await refreshEnd(holder)
      const pair = await nextPair(holder, refreshExpiresAt)
      const sealer = replaySealer(presented)
      const outcome = await families.rotate(holder.id, holder.family, {
        presentedHash: hashOf(presented),
        nextHash: hashOf(pair.refreshToken),
        replay: sealer.seal(Buffer.from(JSON.stringify(pair)), 'replay'),
        lifetimeMs: Math.max(1, refreshExpiresAt - Date.now()),
      })
      if (outcome.kind === 'rotated') return replyOf(holder, pair)
      if (outcome.kind === 'reused') await options.revokeDevice(holder.id, holder.family)
      const replayedPair =
        outcome.kind === 'replayed' ? sealer.open(outcome.replay, 'replay') : null
      if (!replayedPair) throw new GatewayError('refresh_rejected')
      return replyOf(holder, replayed.parse(JSON.parse(replayedPair.toString())))
    },

    /** Signs out this device, or every device of a known visitor. A guest's access token dies with the guest. */
    async signOut(
      { id, family, verified, since }: Caller,
      scope: 'device' | 'everywhere',
    ): Promise<void> {
      await families.revoke(id, family)
      if (!verified) return
      if (scope === 'everywhere') await options.revokeEverywhere(id, since)
      else await options.revokeDevice(id, family)
    },
  }
}
