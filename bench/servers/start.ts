/** Starts a Redis, a Salesforce and gateways for a measurement, each as a separate process. */
import { randomBytes } from 'node:crypto'
import { createSalesforce, type SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { startChild } from '../child.js'
import { startFleet } from '../fleet.js'

type Options = {
  /** Counts the gateways. */
  size: number
  /** Are the options of the sandbox's Salesforce. */
  salesforce: SalesforceOptions
  /** Holds further variables of the gateways. */
  env: Record<string, string>
  /** Returns further variables of one gateway. */
  envOf?: (index: number) => Record<string, string>
  /** Holds further variables of the Redis. */
  redisEnv?: Record<string, string>
  /** Is the folder of the gateways' code; by default this project. */
  root?: string
}

/** Starts the servers; none of them outlives `close`, or this process. */
export async function startServers(all: Options) {
  const { size, salesforce: options, env, envOf, redisEnv, root } = all
  const token = randomBytes(24).toString('hex')
  const [redis, salesforce] = await Promise.all([
    startChild('bench/servers/redis.ts', { REDIS_TOKEN: token, ...redisEnv }),
    startChild('bench/servers/salesforce.ts', { SALESFORCE_OPTIONS: JSON.stringify(options) }),
  ])
  const { orgId, esDeveloperName } = createSalesforce(options)
  const variables = {
    SALESFORCE_MESSAGING_URL: salesforce.url,
    SALESFORCE_ORG_ID: orgId,
    SALESFORCE_DEPLOYMENT: esDeveloperName,
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: token,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    CLIENT_ADDRESS: 'forwarded:1',
    ...env,
  }
  const envs = Array.from({ length: size }, (_, index) => ({ ...variables, ...envOf?.(index) }))
  const fleet = await startFleet({ envs, ...(root && { root }) })
  return {
    fleet,
    redisUrl: redis.url,
    salesforceUrl: salesforce.url,
    close: () => Promise.all([fleet.close(), redis.end('SIGTERM'), salesforce.end('SIGTERM')]),
  }
}
