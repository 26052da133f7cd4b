/**
 * Sets up everything around the endpoints, for tests: a sandbox Salesforce, an embedded Redis behind Upstash's
 * REST front, a closed network, and the environment that points to them. After each test every
 * request that the gateway sent to Salesforce is held against the OpenAPI document, and everything
 * that left the gateway is searched for what must never leave it.
 */
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import { resetServices } from '../../lib/services.js'
import {
  createRedisRestServer,
  embeddedRedis,
  type RedisBackend,
} from '../../sandbox/redis/index.js'
import {
  createSalesforce,
  instant,
  type SalesforceOptions,
} from '../../sandbox/salesforce/index.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import { loginUrl } from './guide.js'
import { messageTexts } from './message-texts.js'
import { sentToClients } from './request.js'
import { findUndocumentedKeys } from './stored-keys.js'

export const salesforceUrl = 'https://harbor.my.salesforce-scrt.com'
export const redisUrl = 'https://redis.example'

const environment = {
  SALESFORCE_MESSAGING_URL: salesforceUrl,
  SALESFORCE_ORG_ID: '00DZZ0000000AbCDEF',
  SALESFORCE_DEPLOYMENT: 'Harbor_Custom_Client',
  UPSTASH_REDIS_REST_URL: redisUrl,
  UPSTASH_REDIS_REST_TOKEN: 'redis-token',
  SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
  ALLOWED_ORIGINS: 'https://shop.example,https://*.partner.example',
  CLIENT_ADDRESS: 'socket',
  REDIS_TIMEOUT_MS: '1000',
  REQUEST_DEADLINE_MS: '4000',
  SEND_SETTLE_MS: '100',
}

let backend: RedisBackend | undefined

/** One embedded Redis for a process: its first script costs 40 ms and more, emptying it nothing. */
function sharedBackend(): RedisBackend {
  backend ??= embeddedRedis()
  return backend
}

type GatewayOptions = { salesforce?: SalesforceOptions; env?: Record<string, string> }

/** Where Salesforce is; the guide's dialect logs in elsewhere. */
const salesforceUrls = [salesforceUrl, loginUrl] as const

function tokensIn(value: unknown): string[] {
  return JSON.stringify(value ?? null).match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []
}

/** Opens a world for the tests of one file; each test begins with nothing in it. */
export function setupGateway({ salesforce: salesforceOptions, env = {} }: GatewayOptions = {}) {
  const network = setupServer()
  const logLines: string[] = []
  const backend = sharedBackend()
  /** Every command that the gateway gave to Redis since the test began. */
  const commands: string[] = []
  const createFront = () =>
    createRedisRestServer({
      execute(command) {
        commands.push(JSON.stringify(command))
        return backend.execute(command)
      },
      transaction(all) {
        commands.push(JSON.stringify(all))
        return backend.transaction(all)
      },
      token: 'redis-token',
    })
  const createConfiguredSalesforce = () =>
    createSalesforce({
      ...salesforceOptions,
      switches: { ...instant, ...salesforceOptions?.switches },
    })
  const gateway = {
    salesforce: createConfiguredSalesforce(),
    redisBackend: backend,
    redis: createFront(),
    /** For addresses of others, such as a login's key set. */
    network,
    /** The log, line by line. */
    logLines: logLines,
    /** What Salesforce heard, as `operation status`. */
    salesforceCalls: () =>
      gateway.salesforce.exchanges.map(({ operationId, status }) => `${operationId} ${status}`),
    /** Changes the environment from the next request on. */
    setEnv(changes: Record<string, string>) {
      for (const [name, value] of Object.entries(changes)) vi.stubEnv(name, value)
      resetServices()
    },
  }

  beforeAll(async () => {
    network.listen({ onUnhandledRequest: 'error' })
    await backend.execute(['EVAL', 'return 1', '0'])
  })
  afterAll(() => network.close())

  beforeEach(async () => {
    await backend.execute(['FLUSHALL'])
    gateway.salesforce = createConfiguredSalesforce()
    gateway.redis = createFront()
    network.resetHandlers(
      ...gateway.salesforce.handlers(...salesforceUrls),
      ...gateway.redis.handlers(redisUrl),
    )
    logLines.length = 0
    sentToClients.length = 0
    commands.length = 0
    for (const write of ['log', 'error'] as const) {
      vi.spyOn(console, write).mockImplementation((line) => logLines.push(String(line)))
    }
    gateway.setEnv({ ...environment, ...env })
  })

  // Registered first, so that it runs last, whatever the other one finds.
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  afterEach(async () => {
    expect(await findUndocumentedKeys(backend), 'undocumented, or for ever').toEqual([])
    const { exchanges } = gateway.salesforce
    expect(exchanges.flatMap(requestViolations)).toEqual([])
    const secrets = exchanges.flatMap(({ authorization, requestBody, responseBody }) => [
      ...tokensIn(authorization),
      ...tokensIn(requestBody),
      ...tokensIn(responseBody),
    ])
    const output = [...sentToClients, ...logLines].join('\n')
    for (const secret of [...secrets, environment.SESSION_SECRET, 'redis-token']) {
      expect(output.includes(secret), 'a secret left the gateway').toBe(false)
    }
    const logAndCommands = [...logLines, ...commands].join('\n')
    for (const text of messageTexts(gateway)) {
      expect(logAndCommands.includes(text), 'a message text is in the log or in Redis').toBe(false)
    }
  })

  return gateway
}

export type TestGateway = ReturnType<typeof setupGateway>
