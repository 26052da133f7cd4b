/** What a soak runs on: a Redis, a Salesforce and gateways, each a process of its own. */
import { randomBytes } from 'node:crypto'
import { createSalesforce, type SalesforceOptions } from '../../sandbox/salesforce/index.js'
import { verifiedEnv, verifiedSalesforce } from '../../tests/support/verified.js'
import { startChild } from '../child.js'
import { startFleet } from '../fleet.js'

/** What an org allows in a minute would make a thousand visitors take seven to come in. */
const tokensPerMinute = 100_000

/**
 * It knows its visitors, so that every token is renewed while they chat, and takes a repeated id twice:
 * nothing but the gateway keeps a message from being doubled.
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

/** Starts them; nothing outlives `close`, or this process. */
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
