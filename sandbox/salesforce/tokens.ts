import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { Refusal } from './refusal.js'
import { newSigningKey, salesforceNow, type World } from './world.js'

const claimsSchema = z.object({
  sub: z.string(),
  apiVersion: z.string(),
  deviceId: z.string(),
  clientId: z.string(),
  exp: z.number(),
})

/** Who is calling. */
export type Caller = {
  subject: string
  deviceId: string
  clientId: string
  expiresAtSeconds: number
}

/** What to put into a token; left out: a new guest on API v2 with the usual life. */
export type TokenWish = {
  subject?: string
  deviceId?: string
  apiVersion?: string
  /** Epoch seconds on Salesforce's clock. */
  expiresAtSeconds?: number
}

/** Signs an access token with the claims of `enhanced-chat-api.md` §1.6. */
export async function mintToken(world: World, wish: TokenWish = {}): Promise<string> {
  const issuedAtSeconds = Math.floor(salesforceNow(world) / 1000)
  const subject = wish.subject ?? newGuestSubject()
  const clientId = randomUUID()
  world.clients.set(clientId, subject)
  const claims = {
    sub: subject,
    iss: 'iamessage',
    apiVersion: wish.apiVersion ?? 'v2',
    orgId: world.deployment.orgId,
    deviceId: wish.deviceId ?? randomUUID(),
    clientId,
    clientSessionId: randomUUID(),
    channelAddId: world.deployment.channelAddressIdentifier,
    iat: issuedAtSeconds,
    exp: wish.expiresAtSeconds ?? issuedAtSeconds + lifeSeconds(world, subject),
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(world.signingKey)
}

/** Every guest token request is another person (§1.6). */
export const newGuestSubject = () => `v2/iamessage/UNAUTH/NA/uid:${randomUUID()}`

/** Whether a subject is a verified user: the test that §1.4 recommends. */
export const isVerified = (subject: string) => subject.includes('/AUTH/')

/** Believes a bearer token, or refuses as the edge proxy does: 401 in plain text (§7a). */
export async function readToken(
  world: World,
  authorization: string | null,
  expectedVersion = 'v2',
): Promise<Caller> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw new Refusal(401, 'Jwt is missing', 'text')
  const { sub, apiVersion, deviceId, clientId, exp } = await verify(world, token)
  if (apiVersion !== expectedVersion) throw new Refusal(401, wrongVersion)
  const caller = { subject: sub, deviceId, clientId, expiresAtSeconds: exp }
  checkAlive(world, caller)
  return caller
}

/** Refuses a token that has expired since, or that was ended before its time. */
export function checkAlive(world: World, { clientId, expiresAtSeconds }: Caller): void {
  const end = world.endedClients.get(clientId)
  if (end === 'revoked') throw new Refusal(401, 'Jwt verification fails', 'text')
  const isOver = end === 'expired' || salesforceNow(world) >= expiresAtSeconds * 1000
  if (isOver) throw new Refusal(401, 'Jwt is expired', 'text')
}

/** From now on no token given out before is believed. */
export function revokeTokens(world: World): void {
  world.signingKey = newSigningKey()
}

/** Every token given out before, or every one of this subject, is expired from now on. */
export function expireTokens(world: World, subject?: string): void {
  for (const [clientId, owner] of world.clients) {
    if (subject === undefined || owner === subject) world.endedClients.set(clientId, 'expired')
  }
}

function lifeSeconds({ switches }: World, subject: string): number {
  return isVerified(subject) ? switches.verifiedTokenLifeSeconds : switches.guestTokenLifeSeconds
}

/** The service's own words (§1.3). */
const wrongVersion =
  'JWT is valid,but not issued with correct version of the end point. Please use the correct version of the end point.'

async function verify(world: World, token: string) {
  try {
    const { payload } = await jwtVerify(token, world.signingKey, {
      currentDate: new Date(salesforceNow(world)),
    })
    return claimsSchema.parse(payload)
  } catch (error) {
    const isExpired = error instanceof errors.JWTExpired
    throw new Refusal(401, isExpired ? 'Jwt is expired' : 'Jwt verification fails', 'text')
  }
}
