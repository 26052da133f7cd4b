/** How the gateway is: whether its environment is complete and its store answers. Salesforce is not asked. */
import type * as z from 'zod'
import type { healthReply } from './contract/replies.js'
import { EnvironmentError } from './env.js'
import { isProblem } from './problem.js'
import { services } from './services.js'

type Health = z.infer<typeof healthReply>

/** What is well and what is down, never a value or a secret; `failure` is for the log. */
export async function checkHealth(): Promise<{ health: Health; failure?: unknown }> {
  try {
    await services().ping()
    return { health: { status: 'ok', checks: { environment: 'ok', store: 'ok' } } }
  } catch (failure) {
    const isEnvironment = failure instanceof EnvironmentError
    if (!isEnvironment && !isProblem(failure, 'store_unavailable')) throw failure
    const environment = isEnvironment ? 'down' : 'ok'
    return { health: { status: 'down', checks: { environment, store: 'down' } }, failure }
  }
}
