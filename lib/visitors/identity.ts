/**
 * The site's own login: whom its identity tokens name. Verified against its key set, or a secret
 * shared with it; issuer, audience, subject and expiry are required.
 */
import { createHash } from 'node:crypto'
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'
import { GatewayError } from '../problem.js'
import { knownIdOf } from '../visitor-ids.js'
import type { SharedClock } from './access.js'
import { createKeySet, isOutage, type KeySet } from './key-set.js'

export type IdentitySource = {
  keys: { jwksUrl: string } | { secret: string }
  issuer: string
  audience: string
}

/** Describes a known visitor; `attributes` are the claims that go along to Salesforce. */
export type Identity = { id: string; attributes: Readonly<Record<string, string>> }

/**
 * Lists signatures only, and of one kind per source, so that a public key never passes for a
 * secret.
 */
const publicAlgorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']
const secretAlgorithms = ['HS256', 'HS384', 'HS512']

const toleranceSeconds = 30
const maxLifeSeconds = 24 * 3600
const maxAttributeLength = 4000

/** Returns the visitor's id: of issuer and subject, and never a guest's. */
function idOf(issuer: string, subject: string): string {
  const name = JSON.stringify([issuer, subject])
  return knownIdOf(createHash('sha256').update(name).digest('base64url'))
}

function exceedsMaxLife({ exp = 0, iat }: JWTPayload, now: number): boolean {
  const from = Math.min(iat ?? now, now)
  return exp - from > maxLifeSeconds + toleranceSeconds
}

/** Narrows a claim: the JSON of another system need not match its type. */
function isName(subject: unknown): subject is string {
  return typeof subject === 'string' && subject !== ''
}

/** Returns the requested claims with plain values, under Salesforce's names. */
function attributesOf(payload: JWTPayload, names: ReadonlyMap<string, string>) {
  const found = [...names].flatMap(([claim, attribute]) => {
    const value = payload[claim]
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
    return isPlain ? [[attribute, String(value).slice(0, maxAttributeLength)]] : []
  })
  return Object.fromEntries(found)
}

function keySetOf(keys: IdentitySource['keys']): KeySet {
  if ('jwksUrl' in keys) return createKeySet(keys.jwksUrl)
  const secret = new TextEncoder().encode(keys.secret)
  return { find: async () => secret, renew: async () => false }
}

/**
 * Verifies a token. One without a key id may fit several keys of a set: each is tried.
 * @throws {errors.JOSEError} when none verifies it
 */
async function verifyByAnyKey(
  token: string,
  getKey: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, getKey, options)
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch(nullIfSignedByAnother)
      if (verified) return verified
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

function nullIfSignedByAnother(error: unknown): null {
  if (error instanceof errors.JWSSignatureVerificationFailed) return null
  throw error
}

/** Tells that a token does not say whose key it is, and that no key at hand signed it. */
function mayHaveNewerKey(token: string, error: unknown): boolean {
  const isUnsigned = error instanceof errors.JWSSignatureVerificationFailed
  return isUnsigned && decodeProtectedHeader(token).kid === undefined
}

/**
 * Verifies a token. One without a key id may be signed by a key that is newer than the ones read:
 * they are read again.
 * @throws {errors.JOSEError} when no key of the set verifies it
 */
async function verifyByKeySet(
  token: string,
  keySet: KeySet,
  options: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  const startedAt = Date.now()
  try {
    return await verifyByAnyKey(token, keySet.find, options)
  } catch (error) {
    if (!mayHaveNewerKey(token, error) || !(await keySet.renew(startedAt))) throw error
    return await verifyByAnyKey(token, keySet.find, options)
  }
}

export type Identities = ReturnType<typeof createIdentities>

/**
 * Creates the verification. `names` maps claims to attributes. Without a source no visitor can be
 * known.
 */
export function createIdentities(
  source: IdentitySource | null,
  names: ReadonlyMap<string, string>,
  clock: Pick<SharedClock, 'now'>,
) {
  const keySet = source && keySetOf(source.keys)

  return {
    /**
     * Verifies an identity token of the site's login.
     * @throws {GatewayError} identity_rejected
     * @throws {GatewayError} upstream_unavailable when the key set cannot be read
     */
    async verify(token: string): Promise<Identity> {
      if (!source || !keySet) throw new GatewayError('identity_rejected')
      const isPublic = 'jwksUrl' in source.keys
      const now = Math.floor(clock.now() / 1000)
      try {
        const { payload } = await verifyByKeySet(token, keySet, {
          algorithms: isPublic ? publicAlgorithms : secretAlgorithms,
          issuer: source.issuer,
          audience: source.audience,
          clockTolerance: toleranceSeconds,
          currentDate: new Date(now * 1000),
          requiredClaims: ['sub', 'exp'],
        })
        if (!isName(payload.sub) || exceedsMaxLife(payload, now))
          throw new GatewayError('identity_rejected')
        return {
          id: idOf(source.issuer, payload.sub),
          attributes: attributesOf(payload, names),
        }
      } catch (error) {
        if (error instanceof GatewayError) throw error
        if (!isOutage(error)) throw new GatewayError('identity_rejected')
        throw new GatewayError('upstream_unavailable', {
          detail: 'The keys of the login cannot be read now.',
          note: 'IDENTITY_JWKS_URL cannot be read',
        })
      }
    },
  }
}
