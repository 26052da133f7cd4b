import * as z from 'zod'
import { embeddedServiceConfig, type OpenInterval } from '../deployment.js'
import { badRequest, notFound } from '../http-error.js'
import { switchedDeployment } from '../pre-chat.js'
import type { SandboxState } from '../sandbox-state.js'
import { type Call, type Operation, parseRequest } from './operation.js'

const dayMs = 24 * 60 * 60 * 1000

const querySchema = z.object({
  orgId: z.string({ error: 'Specify orgId' }),
  esConfigName: z.string({ error: 'Specify esConfigName' }),
})

/** Lists the operations that need no token (`enhanced-chat-api.md` §2.18). */
export const configurationOperations: Operation[] = [
  {
    operationId: 'getEmbeddedServiceConfig',
    method: 'GET',
    path: '/embeddedservice/v1/embedded-service-config',
    handler: (call) => {
      checkQuery(call)
      const config = embeddedServiceConfig(switchedDeployment(call.sandbox))
      return Response.json({ embeddedServiceConfig: config })
    },
  },
  {
    operationId: 'getBusinessHours',
    method: 'GET',
    path: '/embeddedservice/v1/businesshours',
    handler: (call) => {
      checkQuery(call)
      return Response.json({ businessHoursInfo: { businessHours: businessHours(call.sandbox) } })
    },
  },
]

/** Checks the deployment in the query; the 18-character org id is valid here. */
function checkQuery({ sandbox, query }: Call): void {
  const { orgId, esConfigName } = parseRequest(querySchema, query)
  if (orgId.slice(0, 15) !== sandbox.deployment.orgId) throw badRequest('Unknown orgId')
  if (esConfigName !== sandbox.deployment.esDeveloperName) throw notFound('Deployment')
}

/** Returns the opening hours; always open is a day around now. */
function businessHours({ switches }: SandboxState): OpenInterval[] {
  const now = Date.now()
  return switches.businessHours ?? [{ startTime: now - dayMs / 2, endTime: now + dayMs / 2 }]
}
