import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { guest } from '../actors.js'
import { admit } from '../limits.js'
import { badRequest } from '../refusal.js'
import { mintToken, newGuestSubject } from '../tokens.js'
import { salesforceNow, type World } from '../world.js'
import { authorised, type Call, checkDeployment, type Operation, read } from './operation.js'

const guestTokenRequest = z.object({
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

/** Tokens (`enhanced-chat-api.md` §1.5 and §1.8). */
export const tokenOperations: Operation[] = [
  {
    operationId: 'generateAccessTokenForUnauthenticatedUser',
    method: 'POST',
    path: '/iamessage/api/v2/authorization/unauthenticated/access-token',
    act: giveGuestToken,
  },
  {
    operationId: 'generateContinuationToken',
    method: 'GET',
    path: '/iamessage/api/v2/authorization/continuation-access-token',
    act: authorised(async ({ world }, caller) => {
      admitTokenRequest(world, 'renewals')
      return Response.json({
        accessToken: await mintToken(world, caller),
        lastEventId: lastEventId(world),
      })
    }),
  },
]

async function giveGuestToken({ world, body }: Call): Promise<Response> {
  const { deployment } = world
  const { orgId, esDeveloperName } = read(guestTokenRequest, body)
  if (orgId !== deployment.orgId) throw badRequest('Unknown orgId')
  checkDeployment(world, esDeveloperName)
  if (deployment.authMode === 'Auth') throw badRequest('The channel requires user verification')
  admitTokenRequest(world, 'tokens')
  const subject = newGuestSubject()
  const deviceId = randomUUID()
  return Response.json({
    accessToken: await mintToken(world, { subject, deviceId }),
    lastEventId: lastEventId(world),
    context: {
      deviceId,
      endUser: { ...guest(subject).participant, displayName: guest(subject).displayName },
      configuration: {
        timestamp: salesforceNow(world),
        embeddedServiceConfig: embeddedServiceConfig(world),
      },
    },
  })
}

function embeddedServiceConfig({ deployment }: World) {
  return {
    name: deployment.esDeveloperName,
    deploymentType: 'api',
    embeddedServiceMessagingChannel: {
      channelAddressIdentifier: deployment.channelAddressIdentifier,
      authMode: deployment.authMode,
    },
    forms: deployment.forms,
    choiceListConfig: deployment.choiceListConfig,
    attachments: deployment.attachments,
    transcript: { allowTranscriptDownload: deployment.allowTranscriptDownload },
  }
}

/** The org's two quotas, for new tokens and for renewals, are of one size (§6). */
function admitTokenRequest(world: World, quota: 'tokens' | 'renewals'): void {
  const allowance = world.switches.limits.tokensPerMinute
  admit(world, { key: quota, allowance, windowMs: 60_000 })
}

const lastEventId = (world: World) => String(2_147_900_000 + world.lastNumber)
