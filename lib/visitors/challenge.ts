/**
 * Verifies that a new anonymous visitor is no script: a Turnstile token of the page is checked with
 * Cloudflare (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/). A
 * token is good once, for five minutes. Without a verdict the visitor is not let in.
 */
import * as z from 'zod'
import { withDeadline } from '../deadline.js'
import { type FieldError, GatewayError } from '../problem.js'
import { remainingMs } from '../request.js'

const siteverifyUrl = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'
const timeoutMs = 3000

/**
 * Lists Cloudflare's codes for a token that is wrong, too old or already used: errors of the
 * caller.
 */
const callerErrors = new Set([
  'missing-input-response',
  'invalid-input-response',
  'timeout-or-duplicate',
])

const verificationResult = z.object({
  success: z.boolean(),
  'error-codes': z.array(z.string()).default([]),
})
type VerificationResult = z.output<typeof verificationResult>

/** One rule for a frontend: a problem whose `errors` name `challenge` asks for a new one. */
function refused(message: string): GatewayError {
  const error: FieldError = { path: 'challenge', message }
  return new GatewayError('invalid_request', { detail: `challenge ${message}.`, errors: [error] })
}

function unverifiable(note: string): GatewayError {
  const detail = 'The challenge cannot be checked now.'
  return new GatewayError('upstream_unavailable', { detail, note })
}

/**
 * Asks Cloudflare. Drops the error of `fetch`, which may repeat what was sent.
 * @throws {GatewayError} upstream_unavailable
 */
async function verifyWithCloudflare(secret: string, response: string): Promise<VerificationResult> {
  async function ask(signal: AbortSignal): Promise<unknown> {
    const body = new URLSearchParams({ secret, response })
    const reply = await fetch(siteverifyUrl, { method: 'POST', body, redirect: 'error', signal })
    return await reply.json()
  }
  const answer = await withDeadline(Math.min(timeoutMs, remainingMs()), ask).catch(() => null)
  const read = verificationResult.safeParse(answer)
  if (read.success) return read.data
  throw unverifiable('Turnstile does not answer')
}

export type Challenges = ReturnType<typeof createChallenges>

/**
 * Creates the check. `secret`: of the Turnstile widget; null where no challenge is needed, and
 * tokens are ignored.
 */
export function createChallenges(secret: string | null) {
  return {
    areRequired: secret !== null,

    /**
     * Verifies a challenge.
     * @throws {GatewayError} invalid_request for a challenge that is not met
     * @throws {GatewayError} upstream_unavailable without a verdict
     */
    async verify(challenge: string | undefined): Promise<void> {
      if (secret === null) return
      if (challenge === undefined) throw refused('is required')
      const { success, 'error-codes': codes } = await verifyWithCloudflare(secret, challenge)
      if (success) return
      if (codes.length > 0 && codes.every((code) => callerErrors.has(code))) {
        throw refused('was not accepted: it may be too old or used before, so get a new one')
      }
      throw unverifiable('Turnstile does not accept TURNSTILE_SECRET, or has a problem of its own')
    },
  }
}
