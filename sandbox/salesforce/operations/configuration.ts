import * as z from 'zod'
import { embeddedServiceConfig, type OpenInterval } from '../deployment.js'
import { badRequest, notFound } from '../refusal.js'
import type { World } from '../world.js'
import { type Call, type Operation, read } from './operation.js'

const dayMs = 24 * 60 * 60 * 1000

const query = z.object({
  orgId: z.string({ error: 'Specify orgId' }),
  esConfigName: z.string({ error: 'Specify esConfigName' }),
})

/** What everybody may know, without a token (`enhanced-chat-api.md` §2.18). */
export const configurationOperations: Operation[] = [
  {
    operationId: 'getEmbeddedServiceConfig',
    method: 'GET',
    path: '/embeddedservice/v1/embedded-service-config',
    act: (call) => {
      checkQuery(call)
      const config = embeddedServiceConfig(call.world.deployment)
      return Response.json({ embeddedServiceConfig: config })
    },
  },
  {
    operationId: 'getBusinessHours',
    method: 'GET',
    path: '/embeddedservice/v1/businesshours',
    act: (call) => {
      checkQuery(call)
      return Response.json({ businessHoursInfo: { businessHours: businessHours(call.world) } })
    },
  },
]

/** The 18-character org id is fine here. */
function checkQuery({ world, query: asked }: Call): void {
  const { orgId, esConfigName } = read(query, asked)
  if (orgId.slice(0, 15) !== world.deployment.orgId) throw badRequest('Unknown orgId')
  if (esConfigName !== world.deployment.esDeveloperName) throw notFound('Deployment')
}

/** Always open is a day around now. */
function businessHours({ switches }: World): OpenInterval[] {
  const now = Date.now()
  return switches.businessHours ?? [{ startTime: now - dayMs / 2, endTime: now + dayMs / 2 }]
}
