/** Who is calling: new guests, and the same visitors again. No call to Salesforce is made here. */
import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { isoTime } from '../contract/common.js'
import type { AuthReply } from '../contract/replies.js'
import { GatewayError } from '../problem.js'
import { deriveKeys } from '../sealing.js'
import { type Caller, createAccessTokens } from './access.js'
import { createRefreshTokens, type Holder, hashOf, replaySealer } from './refresh.js'

type Rotation = { presentedHash: string; nextHash: string; replay: string; lifetimeMs: number }
type RotationOutcome =
  | { kind: 'rotated' | 'unknown' | 'reused' }
  | { kind: 'replayed'; replay: string }

/** Where the hashes of refresh tokens are kept, one family per device. */
export type FamilyStore = {
  create(visitorId: string, family: string, hash: string, lifetimeMs: number): Promise<void>
  rotate(visitorId: string, family: string, rotation: Rotation): Promise<RotationOutcome>
  revoke(visitorId: string, family: string): Promise<void>
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
  /** When the guest's conversation is lost with its Salesforce token, epoch milliseconds; null without one. */
  guestUntil: (caller: Caller) => Promise<number | null>
  /** Refuses the access tokens of a device from now on. */
  revokeDevice: (visitorId: string, family: string) => Promise<void>
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

  async function refreshEnd(holder: Holder): Promise<number> {
    const now = Date.now()
    if (!holder.verified) {
      return (await options.guestUntil(holder)) ?? now + lifetimes.guestRefreshMs
    }
    return Math.min(now + lifetimes.refreshMs, holder.since + lifetimes.verifiedSessionMs)
  }

  async function nextPair(holder: Holder, refreshExpiresAt: number): Promise<Pair> {
    const { token, expiresAt } = await accessTokens.issue(holder)
    return { token, expiresAt, refreshToken: refreshTokens.mint(holder), refreshExpiresAt }
  }

  return {
    recognise: accessTokens.recognise,

    /** A new anonymous visitor. */
    async welcomeGuest(): Promise<AuthReply> {
      if (!options.allowAnonymous) throw new GatewayError('anonymous_disabled')
      const holder: Holder = {
        id: `guest-${randomUUID()}`,
        verified: false,
        family: randomUUID(),
        since: Date.now(),
      }
      const pair = await nextPair(holder, Date.now() + lifetimes.guestRefreshMs)
      const hash = hashOf(pair.refreshToken)
      await families.create(holder.id, holder.family, hash, lifetimes.guestRefreshMs)
      return replyOf(holder, pair)
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
      const again = outcome.kind === 'replayed' ? sealer.open(outcome.replay, 'replay') : null
      if (!again) throw new GatewayError('refresh_rejected')
      return replyOf(holder, replayed.parse(JSON.parse(again.toString())))
    },

    /** Signs one device out. */
    async signOut({ id, family }: Caller): Promise<void> {
      await families.revoke(id, family)
    },
  }
}
