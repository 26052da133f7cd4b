/**
 * Sets up everything around the endpoints, for tests: a sandbox Salesforce, an embedded Redis
 * behind Upstash's REST protocol, a closed network, and the environment that points to them. After
 * each test it checks every request to Salesforce against the OpenAPI document, and searches
 * everything that left the gateway for what must never leave it.
 */
import { HttpResponse, http } from 'msw'
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
import { beginTest, isLate, leaveByFetch } from './gateways.js'
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
  LIMITS: JSON.stringify({ list: [1_000_000, '1 m'] }),
}

let backend: RedisBackend | undefined

/** Returns the process's one Redis: its first script costs 40 ms and more, emptying it nothing. */
function sharedBackend(): RedisBackend {
  backend ??= embeddedRedis()
  return backend
}

/** Cuts the requests that a call of an earlier test still makes: they would be seen as this test's. */
const cutLateRequests = http.all('*', () => (isLate() ? HttpResponse.error() : undefined))

type GatewayOptions = { salesforce?: SalesforceOptions; env?: Record<string, string> }

/** Lists the hosts of Salesforce: the guide's dialect has a separate one for its login. */
const salesforceUrls = [salesforceUrl, loginUrl] as const

function tokensIn(value: unknown): string[] {
  return JSON.stringify(value ?? null).match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []
}

/** Sets up a gateway for the tests of one file, and empties it before each of them. */
export function setupGateway({ salesforce: salesforceOptions, env = {} }: GatewayOptions = {}) {
  const network = setupServer()
  let restoreFetch = () => {}
  const logLines: string[] = []
  const backend = sharedBackend()
  /** Collects every command that the gateway sent to Redis since the test began. */
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
    /** Answers requests to other hosts, such as that of a login's key set. */
    network,
    /** Collects the log, line by line. */
    logLines,
    /** Returns the requests to Salesforce, each as `operation status`. */
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
    restoreFetch = leaveByFetch()
    await backend.execute(['EVAL', 'return 1', '0'])
  })
  afterAll(() => {
    restoreFetch()
    network.close()
  })

  beforeEach(async () => {
    beginTest()
    await backend.execute(['FLUSHALL'])
    gateway.salesforce = createConfiguredSalesforce()
    gateway.redis = createFront()
    network.resetHandlers(
      cutLateRequests,
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

  // Registered first, so that it runs last, even when the other one fails.
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
    for (const text of messageTexts(exchanges)) {
      expect(logAndCommands.includes(text), 'a message text is in the log or in Redis').toBe(false)
    }
  })

  return gateway
}

export type TestGateway = ReturnType<typeof setupGateway>
