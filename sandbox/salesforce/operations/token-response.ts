import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { embeddedServiceConfig } from '../deployment.js'
import { badRequest } from '../http-error.js'
import { endUser } from '../participants.js'
import { switchedDeployment } from '../pre-chat.js'
import { checkRateLimit } from '../rate-limit.js'
import { type SandboxState, salesforceNow } from '../sandbox-state.js'
import { lastEventId } from '../stream/outbox.js'
import { mintToken } from '../tokens.js'
import { checkDeployment } from './operation.js'

/** Parses the fields that both token requests carry (`enhanced-chat-api.md` §1.5). */
export const tokenRequest = z.object({
  orgId: z.string().regex(/^00D[0-9A-Za-z]{12}$/, { error: 'Specify the 15-character org id' }),
  esDeveloperName: z.string(),
  capabilitiesVersion: z.string().regex(/^\d+$/, { error: 'Specify capabilitiesVersion' }),
  platform: z.string(),
  context: z
    .object({
      appName: z
        .string()
        .max(40)
        .regex(/^[A-Za-z0-9_.]+$/),
      clientVersion: z.string(),
    })
    .optional(),
})

/**
 * Checks that the request is for this org, this deployment and its way of verifying users.
 * @throws {HttpError} 400
 */
export function checkTokenRequest(
  sandbox: SandboxState,
  request: z.infer<typeof tokenRequest>,
  authMode: 'UnAuth' | 'Auth',
): void {
  if (request.orgId !== sandbox.deployment.orgId) throw badRequest('Unknown orgId')
  checkDeployment(sandbox, request.esDeveloperName)
  if (sandbox.deployment.authMode === authMode) return
  throw badRequest(
    authMode === 'UnAuth' ? 'Set the auth mode to false.' : 'The channel does not verify users',
  )
}

/**
 * Counts a token request; the org's quotas for new tokens and for renewals have one size (§6).
 * @throws {HttpError} 429
 */
export function limitTokenRequests(sandbox: SandboxState, quota: 'tokens' | 'renewals'): void {
  const allowance = sandbox.switches.limits.tokensPerMinute
  checkRateLimit(sandbox, { key: quota, allowance, windowMs: 60_000 })
}

/** Creates the response with a token for this subject, and the event at which streams begin. */
export async function tokenResponse(
  sandbox: SandboxState,
  subject: string,
  request: z.infer<typeof tokenRequest>,
): Promise<Response> {
  const deviceId = randomUUID()
  const capabilitiesVersion = Number(request.capabilitiesVersion)
  return Response.json({
    accessToken: await mintToken(sandbox, { subject, deviceId, capabilitiesVersion }),
    lastEventId: String(lastEventId(sandbox)),
    context: {
      deviceId,
      endUser: { ...endUser(subject).participant, displayName: endUser(subject).displayName },
      configuration: {
        timestamp: salesforceNow(sandbox),
        embeddedServiceConfig: embeddedServiceConfig(switchedDeployment(sandbox)),
      },
    },
  })
}
