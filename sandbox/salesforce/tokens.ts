import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { HttpError } from './http-error.js'
import { newSigningKey, type SandboxState, salesforceNow } from './sandbox-state.js'

const claimsSchema = z.object({
  sub: z.string(),
  apiVersion: z.string(),
  deviceId: z.string(),
  clientId: z.string(),
  exp: z.number(),
})

/** Describes the caller of a request. */
export type Caller = {
  subject: string
  deviceId: string
  clientId: string
  expiresAtSeconds: number
  capabilitiesVersion: number
}

/** Holds the contents of a token; by default a new guest on API v2 with the usual life. */
export type TokenOptions = {
  subject?: string
  /** Is 1 by default. */
  capabilitiesVersion?: number
  deviceId?: string
  apiVersion?: string
  /** Is in epoch seconds on Salesforce's clock. */
  expiresAtSeconds?: number
}

/** Signs an access token with the claims of `enhanced-chat-api.md` §1.6. */
export async function mintToken(
  sandbox: SandboxState,
  options: TokenOptions = {},
): Promise<string> {
  const issuedAtSeconds = Math.floor(salesforceNow(sandbox) / 1000)
  const subject = options.subject ?? newGuestSubject()
  const clientId = randomUUID()
  sandbox.owners.set(clientId, {
    subject,
    capabilitiesVersion: options.capabilitiesVersion ?? 1,
  })
  const claims = {
    sub: subject,
    iss: 'iamessage',
    apiVersion: options.apiVersion ?? 'v2',
    orgId: sandbox.deployment.orgId,
    deviceId: options.deviceId ?? randomUUID(),
    clientId,
    clientSessionId: randomUUID(),
    channelAddId: sandbox.deployment.channelAddressIdentifier,
    iat: issuedAtSeconds,
    exp: options.expiresAtSeconds ?? issuedAtSeconds + lifetimeSeconds(sandbox, subject),
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(sandbox.signingKey)
}

/** Creates a subject; every guest token request is another person (§1.6). */
export const newGuestSubject = () => `v2/iamessage/UNAUTH/NA/uid:${randomUUID()}`

/** Returns true for the subject of a verified user, by the test that §1.4 recommends. */
export const isVerified = (subject: string) => subject.includes('/AUTH/')

/**
 * Verifies a bearer token as the edge proxy does.
 * @throws {HttpError} 401 in plain text (§7a)
 */
export async function readToken(
  sandbox: SandboxState,
  authorization: string | null,
  expectedVersion = 'v2',
): Promise<Caller> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw new HttpError(401, 'Jwt is missing', 'text')
  const { sub, apiVersion, deviceId, clientId, exp } = await verify(sandbox, token)
  if (apiVersion !== expectedVersion) throw new HttpError(401, wrongVersion)
  const { capabilitiesVersion = 1 } = sandbox.owners.get(clientId) ?? {}
  const caller = { subject: sub, deviceId, clientId, expiresAtSeconds: exp, capabilitiesVersion }
  checkNotEnded(sandbox, caller)
  return caller
}

/**
 * Checks that a token has neither expired nor been ended before its time.
 * @throws {HttpError} 401
 */
export function checkNotEnded(sandbox: SandboxState, { clientId, expiresAtSeconds }: Caller): void {
  const end = sandbox.endedTokens.get(clientId)
  if (end === 'revoked') throw new HttpError(401, 'Jwt verification fails', 'text')
  const hasEnded = end === 'expired' || salesforceNow(sandbox) >= expiresAtSeconds * 1000
  if (hasEnded) throw new HttpError(401, 'Jwt is expired', 'text')
}

/** Makes every earlier token invalid. */
export function revokeTokens(sandbox: SandboxState): void {
  sandbox.signingKey = newSigningKey()
}

/** Expires every earlier token, or every one of this subject. */
export function expireTokens(sandbox: SandboxState, subject?: string): void {
  for (const [clientId, owner] of sandbox.owners) {
    if (subject === undefined || owner.subject === subject)
      sandbox.endedTokens.set(clientId, 'expired')
  }
}

function lifetimeSeconds({ switches }: SandboxState, subject: string): number {
  return isVerified(subject) ? switches.verifiedTokenLifeSeconds : switches.guestTokenLifeSeconds
}

/** Is the service's exact text (§1.3). */
const wrongVersion =
  'JWT is valid,but not issued with correct version of the end point. Please use the correct version of the end point.'

async function verify(sandbox: SandboxState, token: string) {
  try {
    const { payload } = await jwtVerify(token, sandbox.signingKey, {
      currentDate: new Date(salesforceNow(sandbox)),
    })
    return claimsSchema.parse(payload)
  } catch (error) {
    const isExpired = error instanceof errors.JWTExpired
    throw new HttpError(401, isExpired ? 'Jwt is expired' : 'Jwt verification fails', 'text')
  }
}
