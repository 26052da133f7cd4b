import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { guest } from '../actors.js'
import { embeddedServiceConfig } from '../deployment.js'
import { admit } from '../limits.js'
import { badRequest } from '../refusal.js'
import { lastEventId } from '../stream/outbox.js'
import { mintToken } from '../tokens.js'
import { salesforceNow, type World } from '../world.js'
import { checkDeployment } from './operation.js'

/** What both token requests carry (`enhanced-chat-api.md` §1.5). */
export const tokenRequest = z.object({
  orgId: z.string().regex(/^00D[0-9A-Za-z]{12}$/, { error: 'Specify the 15-character org id' }),
  esDeveloperName: z.string(),
  capabilitiesVersion: z.string(),
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

/** 400 unless the request is for this org, this deployment and its way of knowing users. */
export function checkTokenRequest(
  world: World,
  request: z.infer<typeof tokenRequest>,
  authMode: 'UnAuth' | 'Auth',
): void {
  if (request.orgId !== world.deployment.orgId) throw badRequest('Unknown orgId')
  checkDeployment(world, request.esDeveloperName)
  if (world.deployment.authMode === authMode) return
  throw badRequest(
    authMode === 'UnAuth'
      ? 'The channel requires user verification'
      : 'The channel does not verify users',
  )
}

/** The org's two quotas, for new tokens and for renewals, are of one size (§6). */
export function admitTokenRequest(world: World, quota: 'tokens' | 'renewals'): void {
  const allowance = world.switches.limits.tokensPerMinute
  admit(world, { key: quota, allowance, windowMs: 60_000 })
}

/** A token for this person, and where streams begin. */
export async function tokenAnswer(world: World, subject: string): Promise<Response> {
  const deviceId = randomUUID()
  return Response.json({
    accessToken: await mintToken(world, { subject, deviceId }),
    lastEventId: String(lastEventId(world)),
    context: {
      deviceId,
      endUser: { ...guest(subject).participant, displayName: guest(subject).displayName },
      configuration: {
        timestamp: salesforceNow(world),
        embeddedServiceConfig: embeddedServiceConfig(world.deployment),
      },
    },
  })
}
