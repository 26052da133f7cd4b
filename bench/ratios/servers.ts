/** Starts the servers of the ratio benchmark: Redis, Salesforce, the floor and gateways. */
import { randomBytes } from 'node:crypto'
import { type Child, projectRoot, startChild } from '../child.js'
import { createStubCaller } from '../servers/http-stub.js'
import { type FrontCounts, frontCounts } from './measures.js'

const unlimited = [1_000_000, '1 s']
const limits = [
  'auth',
  'start',
  'startAddress',
  'send',
  'signal',
  'poll',
  'list',
  'other',
  'tokens',
]

/** Holds how long the neighbours wait before each answer, in milliseconds. */
export type Delays = { redisMs: number; salesforceMs: number }

export type Servers = Awaited<ReturnType<typeof startRatioServers>>

/** Starts the servers; none of them outlives `close`, or this process. */
export async function startRatioServers() {
  const [redis, salesforce] = await Promise.all([
    startChild('bench/servers/redis-front.ts', {}),
    startChild('bench/servers/fixed-salesforce.ts', {}),
  ])
  const children: Child[] = [redis, salesforce]
  const askRedis = createStubCaller(redis.url)
  const askSalesforce = createStubCaller(salesforce.url)
  const env = {
    SALESFORCE_MESSAGING_URL: salesforce.url,
    SALESFORCE_ORG_ID: '00DZZ0000000AbCDEF',
    SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
    UPSTASH_REDIS_REST_URL: redis.url,
    UPSTASH_REDIS_REST_TOKEN: 'token',
    SESSION_SECRET: randomBytes(32).toString('base64url'),
    CLIENT_ADDRESS: 'forwarded:1',
    LIMITS: JSON.stringify(Object.fromEntries(limits.map((limit) => [limit, unlimited]))),
    HOST: '127.0.0.1',
    PORT: '0',
  }

  async function start(
    script: string,
    variables: Record<string, string>,
    root = projectRoot,
  ): Promise<Child> {
    const child = await startChild(script, variables, root)
    children.push(child)
    return child
  }

  return {
    redisUrl: redis.url,
    /** Starts a gateway as `npm start` does, of this commit or of another one in the folder `root`. */
    startGateway: (root?: string) => start('platforms/node.ts', env, root),
    /** Starts the floor, by `node:http` or by the web's own interfaces. */
    startFloor: (kind: 'node' | 'web') =>
      start('bench/servers/floor.ts', {
        ...{ FLOOR: kind, REDIS_URL: redis.url, SALESFORCE_URL: salesforce.url },
      }),
    async redisCounts(): Promise<FrontCounts> {
      const { text } = await askRedis({ method: 'GET', path: '/__counts' })
      return frontCounts.parse(JSON.parse(text))
    },
    /** Sets how long Redis and Salesforce wait before each answer, in milliseconds. */
    async setDelays({ redisMs, salesforceMs }: Delays): Promise<void> {
      const delay = (ms: number) => ({
        ...{ method: 'POST', path: '/__delay', body: JSON.stringify({ ms }) },
      })
      await Promise.all([askRedis(delay(redisMs)), askSalesforce(delay(salesforceMs))])
    },
    /** Sends commands to Redis, in one request. */
    async redisCommands(commands: readonly (readonly string[])[]): Promise<void> {
      await askRedis({ method: 'POST', path: '/pipeline', body: JSON.stringify(commands) })
    },
    /** Sets the number of entries of every conversation. */
    async setEntries(count: number): Promise<void> {
      const body = JSON.stringify({ count })
      await askSalesforce({ method: 'POST', path: '/__entries', body })
    },
    close: () => Promise.all(children.map(({ end }) => end('SIGTERM'))),
  }
}
