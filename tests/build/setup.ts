/**
 * Starts two processes of the built functions, and the Redis and the Salesforce that they share.
 */
import { randomBytes } from 'node:crypto'
import {
  createSalesforce,
  instant,
  type SalesforceOptions,
} from '../../sandbox/salesforce/index.js'
import { startRedis } from '../../sandbox/server/local-services.js'
import { serve } from '../../sandbox/server/serve.js'
import type { Functions } from './functions.js'
import { type Gateway, openGateway } from './gateway.js'

/** The site that the chat is shown on. */
export const shop = 'https://shop.example'

type SetupOptions = { salesforce?: SalesforceOptions; env?: Readonly<Record<string, string>> }

/**
 * Starts a Salesforce and a Redis of this process on loopback ports, and returns the environment
 * that names them.
 */
export async function startServers({
  salesforce: salesforceOptions,
  env: more,
}: SetupOptions = {}) {
  const salesforce = createSalesforce({
    ...salesforceOptions,
    attachments: { endUserToAgent: true, maxFileSize: 5 },
    allowTranscriptDownload: true,
    switches: instant,
  })
  const server = await serve(salesforce.handle)
  const redis = await startRedis()
  const env = {
    SALESFORCE_MESSAGING_URL: server.url,
    SALESFORCE_ORG_ID: salesforce.orgId,
    SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
    UPSTASH_REDIS_REST_URL: redis.variables.url,
    UPSTASH_REDIS_REST_TOKEN: redis.variables.token,
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    ALLOWED_ORIGINS: shop,
    // The neighbours share this process with the builder and the tests.
    REDIS_TIMEOUT_MS: '5000',
    ...more,
  }
  return {
    salesforce,
    env,
    secrets: [env.SESSION_SECRET, env.UPSTASH_REDIS_REST_TOKEN],
    close: () => Promise.all([redis.close(), server.close()]),
  }
}

export type BuildSetup = Awaited<ReturnType<typeof startSetup>>

/** Starts everything; `node` is the path of a Node's binary. */
export async function startSetup(node: string, functions: Functions) {
  const servers = await startServers()
  const { salesforce, env, secrets } = servers
  const first = await openGateway(node, functions, env)
  const second = await openGateway(node, functions, env)
  return {
    salesforce,
    secrets,
    first,
    second,
    async close() {
      await Promise.all([first.close(), second.close()])
      await servers.close()
    },
  }
}

/** Returns a `fetch` that calls the two processes in turn, as a platform may choose them. */
export function inTurn(...gateways: readonly [Gateway, Gateway]): Pick<Gateway, 'fetch'> {
  let calls = 0
  return { fetch: (request) => gateways[calls++ % 2 === 0 ? 0 : 1].fetch(request) }
}
