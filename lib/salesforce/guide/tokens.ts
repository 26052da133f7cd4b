/**
 * Makes the guide's two steps to a token: a signed assertion for the organisation, and its
 * exchange. Whatever reaches a conversation travels in one opaque text.
 */
import type { KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import * as z from 'zod'
import { parseJson } from '../../json.js'
import { GatewayError } from '../../problem.js'

export type AssertionOptions = {
  clientId: string
  /** Holds an id of 15 characters: one of 18 is refused. */
  orgId: string
  loginUrl: string
  key: KeyObject
  /** Tells the time, epoch milliseconds. */
  now: () => number
}

const assertionMs = 300_000

/**
 * Signs an assertion that identifies the gateway for five minutes (`guide.md`, "JWT Token
 * Exchange").
 */
export function signAssertion({ clientId, orgId, loginUrl, key, now }: AssertionOptions) {
  const issuedAt = new Date(now())
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(orgId)
    .setAudience(loginUrl)
    .setIssuedAt(issuedAt)
    .setExpirationTime(new Date(issuedAt.getTime() + assertionMs))
    .sign(key)
}

/** Describes a token, where it is good and for which deployment. */
const guideToken = z.object({ accessToken: z.string(), base: z.url(), esDeveloperName: z.string() })
export type GuideToken = z.infer<typeof guideToken>

export function packToken(content: GuideToken): string {
  return JSON.stringify(content)
}

/**
 * Unpacks a token of this dialect.
 * @throws {GatewayError} conversation_lost for any other text, as for a refused token
 */
export function unpackToken(token: string): GuideToken {
  const read = guideToken.safeParse(parseJson(token))
  if (read.success) return read.data
  throw new GatewayError('conversation_lost', { effect: 'none', isTokenRefused: true })
}

function originOf(text: string, protocol: string): URL | null {
  const written = /^https?:\/\//i.test(text) ? text : `${protocol}//${text}`
  if (!URL.canParse(written)) return null
  const url = new URL(written)
  return url.href === `${url.origin}/` ? url : null
}

/**
 * Returns the address that `context.url` names; null unless it is the configured host or one below
 * it, so that no response sends our tokens elsewhere.
 */
export function baseWithin(text: string, configured: string): string | null {
  const allowed = new URL(configured)
  const named = originOf(text, allowed.protocol)
  if (named?.protocol !== allowed.protocol || named.port !== allowed.port) return null
  const isBelow = named.hostname.endsWith(`.${allowed.hostname}`)
  return named.hostname === allowed.hostname || isBelow ? named.origin : null
}
