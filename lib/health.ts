/** How the gateway is: whether its environment is complete and its store answers. Salesforce is not asked. */
import type * as z from 'zod'
import type { healthReply } from './contract/replies.js'
import { EnvironmentError } from './env.js'
import { isProblem } from './problem.js'
import { services } from './services.js'

type Health = z.infer<typeof healthReply>

async function checks(): Promise<Health['checks']> {
  try {
    await services().ping()
    return { environment: 'ok', store: 'ok' }
  } catch (error) {
    if (error instanceof EnvironmentError) return { environment: 'down', store: 'down' }
    if (isProblem(error, 'store_unavailable')) return { environment: 'ok', store: 'down' }
    throw error
  }
}

/** What is well and what is down; never a value, an address or a secret. */
export async function checkHealth(): Promise<Health> {
  const found = await checks()
  const isWell = found.environment === 'ok' && found.store === 'ok'
  return { status: isWell ? 'ok' : 'down', checks: found }
}
