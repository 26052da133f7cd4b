import { errors, jwtVerify } from 'jose'
import * as z from 'zod'
import { HttpError } from '../http-error.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import type { Login } from './login.js'

/** Describes an OAuth 2.0 error response (RFC 6749 §5.2). */
export class OAuthError extends HttpError {
  readonly code: string

  constructor(code: string, description: string) {
    super(400, description)
    this.name = 'OAuthError'
    this.code = code
  }

  override toResponse(): Response {
    const body = { error: this.code, error_description: this.message }
    return Response.json(body, { status: this.status })
  }
}

const maxLifetimeSeconds = 5 * 60
const claimsSchema = z.object({ iat: z.int(), exp: z.int() })

/**
 * Verifies an assertion that the connected app signed (RS256) for this org: `sub` is the org's id
 * in 15 characters, `aud` the login URL, and it lives for at most five minutes.
 * @throws {OAuthError} invalid_grant
 */
export async function checkAssertion(
  sandbox: SandboxState,
  login: Login,
  assertion: string,
): Promise<void> {
  const { iat, exp } = await verify(sandbox, login, assertion)
  if (exp <= iat) throw invalidGrant('the assertion ends before it begins')
  if (exp - iat > maxLifetimeSeconds) throw invalidGrant('the assertion lives for too long')
}

async function verify(sandbox: SandboxState, login: Login, assertion: string) {
  try {
    const { payload } = await jwtVerify(assertion, login.publicKey, {
      algorithms: ['RS256'],
      issuer: login.clientId,
      subject: sandbox.deployment.orgId,
      audience: login.loginUrl,
      currentDate: new Date(salesforceNow(sandbox)),
    })
    return claimsSchema.parse(payload)
  } catch (error) {
    throw invalidGrant(error instanceof errors.JOSEError ? error.message : 'invalid assertion')
  }
}

const invalidGrant = (description: string) => new OAuthError('invalid_grant', description)
