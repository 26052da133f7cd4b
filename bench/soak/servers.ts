/** Starts a Redis, a Salesforce and gateways for a soak, each as a separate process. */
import { randomBytes } from 'node:crypto'
import { createSalesforce, type SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { verifiedEnv, verifiedSalesforce } from '../../tests/support/verified.js'
import { startChild } from '../child.js'
import { startFleet } from '../fleet.js'

/** Exceeds an org's limit, under which a thousand visitors would need seven minutes to arrive. */
const tokensPerMinute = 100_000

/**
 * Verifies its visitors, so that every token is renewed while they chat, and stores a repeated id
 * twice, so that only the gateway prevents doubled messages.
 */
const options: SalesforceOptions = {
  ...verifiedSalesforce,
  switches: {
    storesDuplicates: true,
    botDelayMs: 100,
    listRepeatsEntries: true,
    listShufflesTies: true,
    verifiedTokenLifeSeconds: 120,
    limits: { tokensPerMinute },
  },
}

/** Starts the servers; none of them outlives `close`, or this process. */
export async function startServers(size: number) {
  const token = randomBytes(24).toString('hex')
  const [redis, salesforce] = await Promise.all([
    startChild('bench/servers/redis.ts', { REDIS_TOKEN: token }),
    startChild('bench/servers/salesforce.ts', { SALESFORCE_OPTIONS: JSON.stringify(options) }),
  ])
  const { orgId, esDeveloperName } = createSalesforce(options)
  const env = {
    ...verifiedEnv,
    SALESFORCE_MESSAGING_URL: salesforce.url,
    SALESFORCE_ORG_ID: orgId,
    SALESFORCE_DEPLOYMENT: esDeveloperName,
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: token,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    CLIENT_ADDRESS: 'forwarded:1',
    LIMITS: JSON.stringify({ tokens: [tokensPerMinute, '1 m'] }),
  }
  const fleet = await startFleet({ envs: Array.from({ length: size }, () => env) })
  return {
    fleet,
    redisUrl: redis.url,
    salesforceUrl: salesforce.url,
    close: () => Promise.all([fleet.close(), redis.end('SIGTERM'), salesforce.end('SIGTERM')]),
  }
}
