import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { buildPage } from '../../scripts/build/page.js'
import { createApi, type Deployment } from './api.js'
import {
  environmentFor,
  type GeneratedVariables,
  type Plan,
  planEnvironment,
  sandboxOrigins,
} from './environment.js'
import { startRedis, startSalesforce } from './local-services.js'
import { serve } from './serve.js'
import { switchesPath } from './switches.js'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const publicFolder = fromRoot('public')

type Options = {
  /** Is completed in place before any endpoint is loaded: `process.env`, except in tests. */
  env: Record<string, string | undefined>
  /** Is the port of the API and the page; 0 takes a free one. */
  port: number
  /** Takes one line for each part. */
  log(line: string): void
  /** Replaces parts of the project's deployment. */
  deployment?: Partial<Deployment>
}

/**
 * Starts the gateway and everything that the environment does not name: a Redis, a Salesforce, a
 * secret. Builds the page before, in a fraction of a second.
 * Nothing outlives `close`.
 * @throws {DevError} with the mistake in one sentence
 */
export async function startDev({ env, port, log, deployment = {} }: Options) {
  const localServices = await startLocalServices(planEnvironment(env), sandboxOrigins(env))
  try {
    Object.assign(env, environmentFor(localServices.generated, env))
    if (!deployment.publicFiles) await buildPage(publicFolder, env)
    // The endpoints are loaded once the environment is complete.
    const endpoints =
      deployment.endpoints ?? (await import('../../platforms/endpoints.js')).endpoints
    const publicFiles = deployment.publicFiles ?? publicFolder
    const api = createApi({ endpoints, publicFiles }, localServices.handleControl)
    const server = await serve(api, port)
    localServices.publishFiles?.(server.url)
    const addresses = {
      api: `${server.url}/api`,
      page: `${server.url}/`,
      redis: env.UPSTASH_REDIS_REST_URL || env.KV_REST_API_URL || '',
      salesforce: env.SALESFORCE_MESSAGING_URL || '',
    }
    for (const line of summaryLines(addresses, localServices.generated)) log(line)
    return { addresses, close: () => Promise.all([server.close(), localServices.close()]) }
  } catch (error) {
    await localServices.close()
    throw error
  }
}

async function startLocalServices(plan: Plan, allowedOrigins: string[]) {
  const redis = plan.redis ? await startRedis() : undefined
  const salesforce = plan.salesforce
    ? await startSalesforce(plan.salesforce, allowedOrigins)
    : undefined
  const generated: GeneratedVariables = {
    ...(redis && { redis: redis.variables }),
    ...(salesforce && { salesforce: salesforce.variables }),
    ...(plan.secret && { secret: randomBytes(32).toString('base64url') }),
  }
  return {
    generated,
    handleControl: salesforce?.handleControl,
    publishFiles: salesforce?.publishFiles,
    close: () => Promise.all([redis?.close(), salesforce?.close()]),
  }
}

type Addresses = Record<'api' | 'page' | 'redis' | 'salesforce', string>

function summaryLines(
  { api, page, redis, salesforce }: Addresses,
  generated: GeneratedVariables,
): string[] {
  const lines = [
    `API         ${api}`,
    `Page        ${page}`,
    `Redis       ${redis}${generated.redis ? ' (in memory)' : ''}`,
    `Salesforce  ${salesforce}${generated.salesforce ? ' (the sandbox)' : ''}`,
  ]
  if (generated.salesforce) lines.push(`Switches    ${new URL(switchesPath, page).href}/switches`)
  if (generated.secret)
    lines.push('Secret      SESSION_SECRET is made up: sessions end with this process')
  return lines
}
