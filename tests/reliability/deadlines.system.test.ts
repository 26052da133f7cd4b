/**
 * Tests deadlines of a gateway process whose garbage is collected all the time, on each supported
 * Node.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call } from '../../bench/call.js'
import { type Child, projectRoot, startChild } from '../../bench/child.js'
import type { Connection } from '../../lib/http/client-address.js'
import { createRedisRestServer, embeddedRedis } from '../../sandbox/redis/index.js'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { type RunningServer, serve } from '../../sandbox/server/serve.js'
import { findNode, wantedVersions } from '../build/nodes.js'

const salesforce = createSalesforce({ switches: instant, allowTranscriptDownload: true })
const redis = createRedisRestServer({ ...embeddedRedis(), token: 'redis-token' })
/** Streams that Salesforce serves; true once the connection is closed. */
const streams: { isClosed: boolean }[] = []
/** Lists the paths of requests to Salesforce that the gateway gave up before they were answered. */
const givenUp: string[] = []
let servers: RunningServer[] = []
let env: Record<string, string> = {}
/** Says where an answer of the login or of Cloudflare hangs. */
let hangsIn: 'head' | 'body' = 'head'

/** Answers nothing, or a head and the first byte of a body. */
function hang(): Response | Promise<Response> {
  if (hangsIn === 'head') return new Promise(() => {})
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    controller.enqueue(Buffer.from('{'))
  return new Response(new ReadableStream({ start }), {
    headers: { 'content-type': 'application/json' },
  })
}

/**
 * Answers as Salesforce, and notes the streams, and the requests that are given up. It listens to the
 * connection: a signal inside a `Request` is lost with a garbage collection.
 */
function answerAsSalesforce(request: Request, { signal }: Connection): Promise<Response> {
  const { pathname } = new URL(request.url)
  signal?.addEventListener('abort', () => givenUp.push(pathname))
  if (pathname === '/eventrouter/v1/sse') {
    const stream = { isClosed: false }
    streams.push(stream)
    signal?.addEventListener('abort', () => {
      stream.isClosed = true
    })
  }
  return salesforce.handle(request)
}

beforeAll(async () => {
  servers = await Promise.all([
    serve(answerAsSalesforce),
    serve(redis.handle),
    serve(async () => await hang()),
  ])
  const [salesforceUrl = '', redisUrl = '', hangingUrl = ''] = servers.map(({ url }) => url)
  const collector = pathToFileURL(`${projectRoot}tests/support/collect-garbage.mjs`).href
  env = {
    NODE_OPTIONS: `--import=${collector}`,
    SALESFORCE_MESSAGING_URL: salesforceUrl,
    SALESFORCE_ORG_ID: salesforce.orgId,
    SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
    SALESFORCE_EVENTS: 'wait',
    UPSTASH_REDIS_REST_URL: redisUrl,
    UPSTASH_REDIS_REST_TOKEN: 'redis-token',
    SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    IDENTITY_JWKS_URL: `${hangingUrl}/jwks.json`,
    IDENTITY_ISSUER: 'https://login.example',
    IDENTITY_AUDIENCE: 'chat',
    CHALLENGES_URL: hangingUrl,
    HOST: '127.0.0.1',
    PORT: '0',
  }
})
afterAll(() => Promise.all(servers.map((server) => server.close())))

beforeEach(() => {
  salesforce.clearFaults()
  redis.clearFaults()
  salesforce.switches.stream.opening = 'accepted'
  streams.length = 0
  givenUp.length = 0
})

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token whose key is asked for; its signature is never looked at. */
const identityToken = `${encoded({ alg: 'RS256', kid: 'k1' })}.${encoded({ sub: 'mina' })}.AA`

/** Fails if an answer came before its deadline. Without the deadline there would be no answer. */
function expectDeadline(ms: number, deadlineMs: number): void {
  expect(ms).toBeGreaterThan(deadlineMs / 2)
}

describe.each(wantedVersions(process.env))('on Node %s, while garbage is collected', (version) => {
  const children: Child[] = []
  let patient = ''
  let hasty = ''

  beforeAll(async () => {
    const node = await findNode(version)
    const start = async (variables: Record<string, string>) => {
      const all = { ...env, ...variables }
      const child = await startChild('platforms/node.ts', all, projectRoot, node)
      children.push(child)
      return child.url
    }
    patient = await start({ REQUEST_DEADLINE_MS: '3000', REDIS_TIMEOUT_MS: '500' })
    const challenged = {
      TURNSTILE_SECRET: '1x0000000000000000000000000000000AA',
      REDIS_TIMEOUT_MS: '5000',
    }
    hasty = await start({ REQUEST_DEADLINE_MS: '500', ...challenged })
  })
  afterAll(() => Promise.all(children.map((child) => child.end('SIGKILL'))))

  /** Opens a conversation whose greeting is read. */
  async function converse() {
    const { token } = (await call(patient, { method: 'POST', endpoint: 'auth', body: {} })).body
    const start = await call(patient, { method: 'POST', endpoint: 'start', token, body: {} })
    expect(start.status).toBe(201)
    const { conversationId } = start.body
    const poll = (query: Record<string, string>) =>
      call(patient, { method: 'GET', endpoint: 'poll', token, query: { conversationId, ...query } })
    await poll({})
    await sleep(300)
    return { token, conversationId, poll, cursor: String((await poll({})).body.cursor) }
  }

  it.each(['head', 'body'] as const)(
    'a key set that hangs in its %s ends in time',
    async (part) => {
      hangsIn = part
      const body = { identityToken }
      const { code, ms } = await call(hasty, { method: 'POST', endpoint: 'auth', body })
      expect(code).toBe('upstream_unavailable')
      expectDeadline(ms, 500)
    },
  )

  it.each(['head', 'body'] as const)('a challenge that hangs in its %s does', async (part) => {
    hangsIn = part
    const body = { challenge: 'from-the-page' }
    const { code, ms } = await call(hasty, { method: 'POST', endpoint: 'auth', body })
    expect(code).toBe('upstream_unavailable')
    expectDeadline(ms, 500)
  })

  it.each([
    ['head', 'hang'],
    ['body', { body: { breakAfterBytes: 1, breakBy: 'hang' } }],
  ] as const)(
    'an answer of Salesforce that hangs in its %s does, with its connection',
    async (...row) => {
      const [, what] = row
      salesforce.fail({ operation: 'getBusinessHours', times: 99, what })
      // On a busy machine the time may be over before Salesforce is asked.
      async function pathGivenUp() {
        const { code, ms } = await call(hasty, { method: 'GET', endpoint: 'availability' })
        expect(code).toBe('upstream_timeout')
        expectDeadline(ms, 400)
        return givenUp[0]
      }
      await expect.poll(pathGivenUp).toBe('/embeddedservice/v1/businesshours')
    },
  )

  it('a Redis that hangs does', async () => {
    redis.fault({ what: 'hang', times: 99 })
    const { code, ms } = await call(patient, { method: 'POST', endpoint: 'auth', body: {} })
    expect(code).toBe('store_unavailable')
    expectDeadline(ms, 500)
  })

  it('a poll ends when its caller goes away', async () => {
    const { token, conversationId, cursor } = await converse()
    const caller = new AbortController()
    const query = new URLSearchParams({ conversationId, cursor, wait: '20' })
    const answer = fetch(`${patient}/api/poll?${query}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: caller.signal,
    }).catch(() => null)
    await expect.poll(() => streams).toEqual([{ isClosed: false }])
    await sleep(500)
    caller.abort()
    expect(await answer).toBeNull()
    await expect.poll(() => streams).toEqual([{ isClosed: true }])
  })

  // Afterwards streams are silent in this process for a minute.
  it('an event stream that does not open leaves the poll its time', async () => {
    const { poll, cursor } = await converse()
    salesforce.switches.stream.opening = 'hanging'
    const { status, ms } = await poll({ cursor, wait: '3' })
    expect([status, streams.length]).toEqual([200, 1])
    expectDeadline(ms, 3000)
  })

  it('a transcript that hangs in the middle is cut', async () => {
    const { token, conversationId } = await converse()
    const what = { body: { breakAfterBytes: 100, breakBy: 'hang' } } as const
    salesforce.fail({ operation: 'retrieveConversationTranscript', what })
    const headers = { authorization: `Bearer ${token}` }
    const url = `${patient}/api/transcript?conversationId=${conversationId}`
    const response = await fetch(url, { headers })
    const since = performance.now()
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    expectDeadline(performance.now() - since, 3000)
  })
})
