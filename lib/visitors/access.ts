/**
 * Access tokens: short signed JWTs (HS256) that say who calls. They are checked locally, and every
 * failure has the same answer.
 */
import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { JOSEError } from 'jose/errors'
import * as z from 'zod'
import { unauthenticated } from '../problem.js'
import type { DerivedKey } from '../sealing.js'

/**
 * The caller: a visitor on one device (refresh family) that signed in at `since`, epoch
 * milliseconds.
 */
export type Caller = { id: string; verified: boolean; family: string; since: number }

const issuer = 'miaw-gateway'
const audience = 'miaw-gateway/api'
const type = 'at+jwt'
const maxTokenLength = 2048

const claims = z.object({
  sub: z.string().min(1),
  family: z.string().min(1),
  verified: z.boolean(),
  since: z.number(),
})

export type AccessTokens = ReturnType<typeof createAccessTokens>

/** Signs with the newest key, accepts all of them. */
export function createAccessTokens(keys: readonly DerivedKey[], lifetimeMs: number) {
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

  async function keyOf(kid: unknown) {
    const key = typeof kid === 'string' ? imported.get(kid) : undefined
    if (!key) throw unauthenticated()
    return await key
  }

  return {
    /** A token for this caller and the moment it ends, epoch milliseconds. */
    async issue({
      id,
      verified,
      family,
      since,
    }: Caller): Promise<{ token: string; expiresAt: number }> {
      const expiresAt = Math.floor((Date.now() + lifetimeMs) / 1000) * 1000
      const token = await new SignJWT({ verified, family, since })
        .setProtectedHeader({ alg: 'HS256', typ: type, kid: newest.id })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setJti(randomUUID())
        .setExpirationTime(expiresAt / 1000)
        .sign(await keyOf(newest.id))
      return { token, expiresAt }
    },

    /** The caller behind an `Authorization` header; throws `unauthenticated` for anything else. */
    async authenticate(authorization: string | null): Promise<Caller> {
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
      if (!token || token.length > maxTokenLength) throw unauthenticated()
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => keyOf(kid), {
          algorithms: ['HS256'],
          typ: type,
          issuer,
          audience,
          requiredClaims: ['exp', 'iat'],
        })
        const { sub, family, verified, since } = claims.parse(payload)
        return { id: sub, verified, family, since }
      } catch (error) {
        if (error instanceof JOSEError || error instanceof z.ZodError) throw unauthenticated()
        throw error
      }
    },
  }
}
