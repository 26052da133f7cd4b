/**
 * Access tokens: short signed JWTs (HS256) that say who calls. They are checked locally, and every
 * failure has the same answer. A process verifies a token once and remembers it until its end: whether
 * a device was revoked meanwhile, each call reads from the visitor's record.
 */
import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { JOSEError, JWTExpired } from 'jose/errors'
import * as z from 'zod'
import { createBoundedCache } from '../bounded-cache.js'
import { maxSkewMs } from '../clock.js'
import { unauthenticated } from '../problem.js'
import type { DerivedKey } from '../sealing.js'

/**
 * Describes the caller: a visitor on one device (refresh family) that signed in at `since`, epoch
 * milliseconds.
 */
export type Caller = { id: string; verified: boolean; family: string; since: number }

/** Describes the time that all processes share. */
export type SharedClock = {
  /** Returns the time, epoch milliseconds. */
  now(): number
  /** Tells that the time is known, and not only that of this process. */
  isCertain(): boolean
  /** Finds the time out, if that was not tried in the last minutes. */
  ensure(): Promise<void>
}

const issuer = 'miaw-gateway'
const audience = 'miaw-gateway/api'
const type = 'at+jwt'
const maxTokenLength = 2048
/** Bounds the tokens that a process remembers: a few megabytes. */
const maxRemembered = 5000

const claims = z.object({
  sub: z.string().min(1),
  family: z.string().min(1),
  verified: z.boolean(),
  since: z.number(),
  exp: z.number(),
})

/** Describes a caller whose token was verified; `exp`: its end, epoch seconds. */
type Verified = { caller: Caller; exp: number }

export type AccessTokens = ReturnType<typeof createAccessTokens>

/** Signs with the newest key, accepts all of them. */
export function createAccessTokens(
  keys: readonly DerivedKey[],
  lifetimeMs: number,
  clock: SharedClock,
) {
  const [newest] = keys
  if (!newest) throw new TypeError('Failed to create access tokens: they need at least one key')
  const imported = new Map(
    keys.map(({ id, bytes }) => [
      id,
      crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
        'sign',
        'verify',
      ]),
    ]),
  )

  /** Is keyed by the whole token, so that no other one, however like it, is taken for it. */
  const remembered = createBoundedCache<Verified>(maxRemembered)

  /**
   * Returns the key by its id.
   * @throws {GatewayError} unauthenticated when it is not one of ours
   */
  async function keyOf(kid: unknown) {
    const key = typeof kid === 'string' ? imported.get(kid) : undefined
    if (!key) throw unauthenticated()
    return await key
  }

  function verify(token: string) {
    return jwtVerify(token, ({ kid }) => keyOf(kid), {
      algorithms: ['HS256'],
      typ: type,
      issuer,
      audience,
      requiredClaims: ['exp', 'iat'],
      currentDate: new Date(clock.now()),
    })
  }

  /** Tells that a token may have expired only by the clock of this process. */
  function isDoubtful(error: unknown): boolean {
    if (!(error instanceof JWTExpired) || clock.isCertain()) return false
    return clock.now() - Number(error.payload.exp) * 1000 < maxSkewMs
  }

  /**
   * Verifies a token. The time is found out only for one that was good a moment ago.
   * @throws {JOSEError} when it is not valid
   * @throws {GatewayError} unauthenticated when its key is not one of ours
   */
  async function verifyByClock(token: string) {
    try {
      return await verify(token)
    } catch (error) {
      if (!isDoubtful(error)) throw error
    }
    await clock.ensure()
    return await verify(token)
  }

  /** Returns the caller of a token that was verified before and has not ended, as jose judges it. */
  function callerOf(token: string): Caller | null {
    const known = remembered.get(token)
    if (known && known.exp > Math.floor(clock.now() / 1000)) return known.caller
    remembered.delete(token)
    return null
  }

  return {
    /**
     * Returns a token for this caller and the moment it ends, epoch milliseconds.
     */
    async issue({
      id,
      verified,
      family,
      since,
    }: Caller): Promise<{ token: string; expiresAt: number }> {
      const expiresAt = Math.floor((clock.now() + lifetimeMs) / 1000) * 1000
      const token = await new SignJWT({ verified, family, since })
        .setProtectedHeader({ alg: 'HS256', typ: type, kid: newest.id })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(clock.now() / 1000))
        .setJti(randomUUID())
        .setExpirationTime(expiresAt / 1000)
        .sign(await keyOf(newest.id))
      remembered.set(token, { caller: { id, verified, family, since }, exp: expiresAt / 1000 })
      return { token, expiresAt }
    },

    /**
     * Returns the caller behind an `Authorization` header.
     * @throws {GatewayError} unauthenticated for anything else than a valid token
     */
    async authenticate(authorization: string | null): Promise<Caller> {
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
      if (!token || token.length > maxTokenLength) throw unauthenticated()
      const known = callerOf(token)
      if (known) return known
      try {
        const { payload } = await verifyByClock(token)
        const { sub, family, verified, since, exp } = claims.parse(payload)
        const caller = { id: sub, verified, family, since }
        remembered.set(token, { caller, exp })
        return caller
      } catch (error) {
        if (error instanceof JOSEError || error instanceof z.ZodError) throw unauthenticated()
        throw error
      }
    },
  }
}
