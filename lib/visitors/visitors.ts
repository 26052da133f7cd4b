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
import { guestIdOf } from '../visitor-ids.js'
import { type Caller, createAccessTokens, type SharedClock } from './access.js'
import type { Challenges } from './challenge.js'
import type { Identities } from './identity.js'
import {
  createRefreshTokens,
  type FamilyStore,
  hashOf,
  type Rotation,
  type RotationOutcome,
  replaySealer,
} from './refresh.js'

/**
 * Counts the call, and does work in the same request to Redis. What was done for a call that turns out
 * to be refused is taken back.
 */
export type CountCall = <T>(
  work: () => Promise<T>,
  takeBack: (done: T) => Promise<unknown>,
) => Promise<T>

/** Describes merging of a guest who signs in. */
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
  /** Refuses the access tokens of a device, or of all devices, from now on. */
  revokeDevice: (visitorId: string, family: string) => Promise<void>
  revokeEverywhere: (visitorId: string, since: number) => Promise<void>
  /** Keeps what an identity says of its visitor, and returns the moment of the sign-in. */
  recordSignIn: (visitorId: string, attributes: Readonly<Record<string, string>>) => Promise<number>
  /** Holds the time that all processes share. */
  clock: SharedClock
}

/** Describes the pair as it is sealed for a repeat; the family knows when it ends. */
const replayed = z.object({
  token: z.string(),
  expiresAt: z.number(),
  refreshToken: z.string(),
})
type Pair = z.infer<typeof replayed>

const nothing = async () => undefined

export type Visitors = ReturnType<typeof createVisitors>

export function createVisitors(options: Options) {
  const { secrets, lifetimes, families, clock } = options
  const accessTokens = createAccessTokens(
    deriveKeys(secrets, 'access'),
    lifetimes.accessTokenMs,
    clock,
  )
  const refreshTokens = createRefreshTokens(deriveKeys(secrets, 'refresh'))

  function replyOf({ id, verified }: Caller, pair: Pair, refreshExpiresAt: number): AuthReply {
    return {
      token: pair.token,
      tokenType: 'Bearer',
      expiresIn: Math.max(0, Math.ceil((pair.expiresAt - clock.now()) / 1000)),
      expiresAt: isoTime(pair.expiresAt),
      refreshToken: pair.refreshToken,
      refreshExpiresAt: isoTime(refreshExpiresAt),
      user: { id, verified },
    }
  }

  /** Returns how long a refresh token lives, and when it ends at the latest. */
  function refreshLifetime({ verified, since }: Caller) {
    return verified
      ? { lifetimeMs: lifetimes.refreshMs, endsBy: since + lifetimes.verifiedSessionMs }
      : { lifetimeMs: lifetimes.guestRefreshMs, endsBy: null }
  }

  /** Makes the tokens of a holder whose family was rotated so often. */
  async function nextPair(holder: Caller, rotations: number): Promise<Pair> {
    const { token, expiresAt } = await accessTokens.issue(holder)
    return { token, expiresAt, refreshToken: refreshTokens.issue(holder, rotations) }
  }

  /**
   * Returns how to do work with the count of the call: in the same request, or after it while Redis'
   * time is not known. Tokens hold moments, and the clock learns from the answer.
   */
  async function onceCounted(count: CountCall): Promise<CountCall> {
    return clock.isCertain() ? count : await afterCount(count)
  }

  /** Counts the call first: what follows asks others, or is refused. */
  async function afterCount(count: CountCall): Promise<CountCall> {
    await count(nothing, nothing)
    return (work) => work()
  }

  /** Begins a family on a device that has just signed in. */
  async function startSession(holder: Caller, count: CountCall): Promise<AuthReply> {
    const pair = await nextPair(holder, 0)
    const { lifetimeMs, endsBy } = refreshLifetime(holder)
    const now = clock.now()
    const refreshExpiresAt = Math.min(now + lifetimeMs, endsBy ?? Number.POSITIVE_INFINITY)
    const familyMs = Math.max(1, refreshExpiresAt - now)
    await count(
      () => families.create(holder.id, holder.family, hashOf(pair.refreshToken), familyMs),
      () => families.revoke(holder.id, holder.family),
    )
    return replyOf(holder, pair, refreshExpiresAt)
  }

  /** Exchanges a token. One that was used before ends the access of its device as well. */
  async function rotate(holder: Caller, rotation: Rotation): Promise<RotationOutcome> {
    const outcome = await families.rotate(holder, rotation)
    if (outcome.kind === 'reused') await options.revokeDevice(holder.id, holder.family)
    return outcome
  }

  /**
   * Returns the guest behind a refresh token that is still good, or was for this very merge.
   * @throws {GatewayError} refresh_rejected
   */
  async function guestOf(refreshToken: string, visitorId: string): Promise<Caller> {
    const opened = refreshTokens.open(refreshToken)
    if (!opened || opened.holder.verified) throw new GatewayError('refresh_rejected')
    const { holder: guest, rotations } = opened
    const presented = { hash: hashOf(refreshToken), rotations }
    const isGood = await families.isHonoured(guest.id, guest.family, presented)
    if (!isGood && (await options.guests.mergedInto(guest.id)) !== visitorId) {
      throw new GatewayError('refresh_rejected')
    }
    return guest
  }

  return {
    authenticate: accessTokens.authenticate,

    /**
     * Signs in a new anonymous visitor, whose challenge is met.
     * @throws {GatewayError} anonymous_disabled, invalid_request, upstream_unavailable
     */
    async createGuest(challenge: string | undefined, counted: CountCall): Promise<AuthReply> {
      const isFree = options.allowAnonymous && !options.challenges.areRequired
      const count = await (isFree ? onceCounted(counted) : afterCount(counted))
      if (!options.allowAnonymous) throw new GatewayError('anonymous_disabled')
      await options.challenges.verify(challenge)
      const device = { family: randomUUID(), since: clock.now() }
      return await startSession({ id: guestIdOf(randomUUID()), verified: false, ...device }, count)
    },

    /**
     * Signs in a visitor whom the site's own login knows. A guest's refresh token beside it takes
     * the guest's conversations along.
     * @throws {GatewayError} identity_rejected, upstream_unavailable
     * @throws {GatewayError} refresh_rejected with nothing changed
     */
    async signIn(
      identityToken: string,
      guestToken: string | undefined,
      counted: CountCall,
    ): Promise<AuthReply> {
      const count = await afterCount(counted)
      const { id, attributes } = await options.identities.verify(identityToken)
      if (guestToken !== undefined) {
        const guest = await guestOf(guestToken, id)
        await options.guests.merge(guest, id)
        await families.revoke(guest.id, guest.family)
      }
      const since = await options.recordSignIn(id, attributes)
      return await startSession({ id, verified: true, family: randomUUID(), since }, count)
    },

    /**
     * Signs in the same visitor again; the token presented is used up. The rotation travels with the
     * count of the call, and is taken back when that refuses it: the token presented must stay good
     * for longer than the refusal lasts.
     * @throws {GatewayError} refresh_rejected
     */
    async refresh(presented: string, counted: CountCall): Promise<AuthReply> {
      const opened = refreshTokens.open(presented)
      const count = await (opened ? onceCounted(counted) : afterCount(counted))
      if (!opened) throw new GatewayError('refresh_rejected')
      const { holder, rotations } = opened
      const pair = await nextPair(holder, rotations + 1)
      const sealer = replaySealer(presented)
      const nextHash = hashOf(pair.refreshToken)
      const outcome = await count(
        () =>
          rotate(holder, {
            presented: { hash: hashOf(presented), rotations },
            nextHash,
            replay: sealer.seal(Buffer.from(JSON.stringify(pair)), 'replay'),
            ...refreshLifetime(holder),
          }),
        async (done) => done.kind === 'rotated' && families.takeBack(holder, nextHash, done.before),
      )
      if (outcome.kind === 'rotated') return replyOf(holder, pair, outcome.ends)
      const kept = outcome.kind === 'replayed' ? sealer.open(outcome.replay, 'replay') : null
      if (outcome.kind !== 'replayed' || !kept) throw new GatewayError('refresh_rejected')
      return replyOf(holder, replayed.parse(JSON.parse(kept.toString())), outcome.ends)
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
