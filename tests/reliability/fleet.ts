/** Starts four gateway processes over one Redis and one Salesforce, which run in the test's process. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { addressOf, type Call, call } from '../../bench/call.js'
import { type Fleet, startFleet } from '../../bench/fleet.js'
import {
  createRedisRestServer,
  embeddedRedis,
  type RedisBackend,
} from '../../sandbox/redis/index.js'
import {
  createSalesforce,
  instant,
  type Salesforce,
  type SalesforceOptions,
} from '../../sandbox/salesforce/index.js'
import { type RunningServer, serve } from '../../sandbox/server/serve.js'
import { hasRedisServer, startRedisServer } from '../sandbox/redis-server.js'

const token = 'redis-token'

type Options = {
  salesforce: (url: string) => SalesforceOptions
  env?: (url: string) => object
  /** Adds variables to each gateway; its length is the number of gateways. */
  each?: readonly Record<string, string>[]
}

/** The clocks of two gateways are five minutes ahead and behind. */
const four = [{}, { CLOCK_AHEAD_MS: '300000' }, { CLOCK_AHEAD_MS: '-300000' }, {}]

/** Starts a fleet for the tests of one group; Redis and Salesforce are empty when a test begins. */
export function openFleet({
  salesforce: salesforceOptions,
  env = () => ({}),
  each = four,
}: Options) {
  let salesforce: Salesforce
  let fleet: Fleet
  let redis: RedisBackend
  let servers: RunningServer[] = []
  let visitors = 0
  let selected: readonly number[] | undefined

  beforeAll(async () => {
    redis = hasRedisServer() ? await startRedisServer() : embeddedRedis()
    const store = await serve(createRedisRestServer({ ...redis, token }).handle)
    const org = await serve((request) => salesforce.handle(request))
    servers = [store, org]
    const options = salesforceOptions(org.url)
    salesforce = createSalesforce({ ...options, switches: { ...instant, ...options.switches } })
    const common = {
      SALESFORCE_MESSAGING_URL: org.url,
      SALESFORCE_ORG_ID: salesforce.orgId,
      SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
      UPSTASH_REDIS_REST_URL: store.url,
      UPSTASH_REDIS_REST_TOKEN: token,
      SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
      CLIENT_ADDRESS: 'forwarded:1',
      // Long timeouts keep these tests independent of the machine's load.
      REDIS_TIMEOUT_MS: '10000',
      REQUEST_DEADLINE_MS: '25000',
      LIMITS: JSON.stringify({ list: [1_000_000, '1 m'] }),
      ...env(org.url),
    }
    fleet = await startFleet({ envs: each.map((extraEnv) => ({ ...common, ...extraEnv })) })
  })
  beforeEach(async () => {
    await redis.execute(['FLUSHALL'])
    salesforce.reset()
    selected = undefined
  })
  afterAll(async () => {
    await fleet?.close()
    await Promise.all(servers.map(({ close }) => close()))
    redis?.close()
  })

  /** Calls the gateways in turn. */
  const callNext = (options: Call) => call(fleet.next(selected), options)

  /** Signs in a new guest at a unique client address and returns the guest's calls. */
  async function signIn() {
    visitors += 1
    const address = addressOf(visitors)
    const { body } = await callNext({ method: 'POST', endpoint: 'auth', body: {}, address })
    expect(body.token, String(body.code)).not.toBe('')
    let tokens = { token: body.token, refreshToken: body.refreshToken }
    let conversationId = ''
    const post = (endpoint: string, content: object) =>
      callNext({ method: 'POST', endpoint, token: tokens.token, body: content, address })
    return {
      tokens: () => tokens,
      async start(options: object = {}) {
        const answer = await post('start', options)
        if (answer.body.conversationId !== '') conversationId = answer.body.conversationId
        return answer
      },
      sendText: (text: string) => post('send', { conversationId, text }),
      signal: () => post('send', { conversationId, messageType: 'TypingIndicator', typing: true }),
      conversationQuery: () => ({ conversationId }),
      end: () => post('end', { conversationId }),
      get: (endpoint: string, query: Record<string, string> = {}) =>
        callNext({ method: 'GET', endpoint, token: tokens.token, query, address }),
      poll: (query: Record<string, string> = {}) =>
        callNext({
          method: 'GET',
          endpoint: 'poll',
          token: tokens.token,
          query: { conversationId, ...query },
        }),
      async refresh() {
        const { refreshToken } = tokens
        const answer = await post('auth', { refreshToken })
        if (answer.status === 200) tokens = answer.body
        return answer
      },
    }
  }

  return {
    signIn,
    /** Returns a visitor with an open conversation. */
    async startConversation() {
      const visitor = await signIn()
      const { status, body } = await visitor.start()
      expect(status, String(body.code)).toBe(201)
      return visitor
    },
    salesforce: () => salesforce,
    /** Limits further calls to these gateways until the end of the test. */
    useGateways(gateways: readonly number[]): void {
      selected = gateways
    },
    /** Returns the requests that Salesforce received for one operation. */
    exchangesOf: (operationId: string) =>
      salesforce.exchanges.filter((exchange) => exchange.operationId === operationId),
    lines: () => fleet.lines(),
  }
}
