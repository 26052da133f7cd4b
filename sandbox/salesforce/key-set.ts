import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import * as z from 'zod'
import { withDeadline } from '../../lib/deadline.js'
import type { Verification } from './deployment.js'
import { type SandboxState, salesforceNow } from './sandbox-state.js'

const cachedForMs = 5_000
const fetchTimeoutMs = 2_000
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
const claimsSchema = z.object({ sub: z.string().min(1) })

/**
 * Returns the subject that a customer identity token proves (`enhanced-chat-api.md` §1.4, §1.7).
 * Throws for a mistake in any link of the chain: key set, issuer, kid, signature, expiry.
 */
export async function verifiedSubject(
  sandbox: SandboxState,
  identityToken: string,
): Promise<string> {
  const { verification } = sandbox.deployment
  if (!verification) throw new TypeError('No key set is linked to the channel')
  const keys = await keysOf(sandbox, verification)
  const { kid } = decodeProtectedHeader(identityToken)
  const key = keys.keys.find((candidate) => kid !== undefined && candidate.kid === kid)
  if (!key) throw new TypeError('The kid is not in the key set')
  if (sandbox.switches.strict && !key.x5c?.length) throw new TypeError('The key has no x5c')
  const { payload } = await jwtVerify(identityToken, createLocalJWKSet({ keys: [key] }), {
    algorithms: ['RS256', 'RS512'],
    issuer: verification.issuer,
    requiredClaims: ['sub', 'exp'],
    currentDate: new Date(salesforceNow(sandbox)),
  })
  return `v2/iamessage/AUTH/${verification.keySetName}/uid:${claimsSchema.parse(payload).sub}`
}

async function keysOf(sandbox: SandboxState, verification: Verification): Promise<JSONWebKeySet> {
  if ('jwks' in verification) return verification.jwks
  const { keySetCache } = sandbox
  if (keySetCache && Date.now() - keySetCache.fetchedAt < cachedForMs) return keySetCache.keys
  const { jwksUrl } = verification
  const keys = await withDeadline(fetchTimeoutMs, (signal) => fetchKeys(jwksUrl, signal))
  sandbox.keySetCache = { keys, fetchedAt: Date.now() }
  return keys
}

async function fetchKeys(url: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new TypeError(`The key set answers ${response.status}`)
  return keySetSchema.parse(await response.json())
}
