/** Calls every endpoint while the store is slow, hangs, refuses, fails, is cut off or restarts. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import health from '../../api/_health.js'
import jwks from '../../api/_jwks.js'
import notFound from '../../api/_not-found.js'
import { problem } from '../../lib/contract/problems.js'
import type { ProxyFault } from '../../sandbox/proxy/index.js'
import { hasRedisServer } from '../sandbox/redis-server.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { noSalesforceLimits, shiftClock } from '../support/sending.js'
import { attachments } from '../support/uploads.js'
import { loginEnv } from '../support/verified.js'
import { commonCalls, furtherCalls, limits, type PreparedCall } from './calls.js'
import { openEmbedded, openServer, type StoreSetup } from './store-setup.js'

/**
 * Is the store's timeout in milliseconds, with room for a busy machine: how long a call waits in all is
 * asserted in simulated time (redis-midway, tests/http/store-failures). Here requests are counted.
 */
const timeoutMs = 3000

const gateway = setupGateway({
  salesforce: {
    attachments,
    allowTranscriptDownload: true,
    switches: { limits: noSalesforceLimits },
  },
  env: {
    ...loginEnv,
    LIMITS: limits,
    REDIS_TIMEOUT_MS: String(timeoutMs),
    REQUEST_DEADLINE_MS: '25000',
  },
})

/** Equals the time for which health caches its result, in milliseconds. */
const healthFreshMs = 5000

const calls = { ...commonCalls(), ...furtherCalls(gateway) }

/** Lists the calls that claim something first: when the answer to that is lost, they release it. */
const claiming = new Set([
  'a start',
  'a start under an id',
  'a text',
  'a choice',
  'a message that opens a session',
])

async function prepareAll(): Promise<[name: string, prepared: PreparedCall][]> {
  const prepared: [string, PreparedCall][] = []
  for (const [name, prepare] of Object.entries(calls)) prepared.push([name, await prepare()])
  return prepared
}

/** Makes the calls concurrently: the test waits for a hanging store once. */
function callAll(all: readonly [string, PreparedCall][]) {
  return Promise.all(all.map(async ([name, { call }]) => ({ name, answer: await call() })))
}

const logLine = z.object({ requestId: z.string(), redis: z.object({ requests: z.int() }) })

/** Returns how many requests to Redis a call made, by its line in the log. */
function redisRequestsOf({ headers }: TestResponse): number {
  const lines = gateway.logLines.map((line) => logLine.parse(JSON.parse(line)))
  const line = lines.find(({ requestId }) => requestId === headers.get('x-request-id'))
  return line?.redis.requests ?? expect.fail('no log line')
}

function expectRefused(name: string, { status, headers, body }: TestResponse): void {
  expect({ name, status, code: body.code }).toEqual({
    name,
    status: 503,
    code: 'store_unavailable',
  })
  expect(problem.parse(body)).toMatchObject({ retryable: true, retryAfterMs: 1000 })
  expect(body.requestId).toBe(headers.get('x-request-id'))
  expect(headers.get('retry-after')).toBe('1')
  expect(headers.get('ratelimit')).toBeNull()
}

/**
 * Expects that each call asks the store once, but for the release of a claim, is refused and makes no
 * Salesforce call, and that the same call succeeds when the store is healthy again.
 */
async function expectRefusalAndRecovery(
  injectFault: () => Promise<void>,
  heal: () => Promise<void>,
) {
  const all = await prepareAll()
  const callsBefore = gateway.salesforceCalls().length
  await injectFault()
  const refused = await callAll(all)
  for (const { name, answer } of refused) {
    expectRefused(name, answer)
    expect(redisRequestsOf(answer), name).toBe(claiming.has(name) ? 2 : 1)
  }
  const unhealthy = await request(health)
  expect(unhealthy).toMatchObject({ status: 503, body: { status: 'down' } })
  expect(redisRequestsOf(unhealthy), 'health').toBe(1)
  expect((await request(jwks)).status, 'the key set').toBe(200)
  expect((await request(notFound)).status, 'no such endpoint').toBe(404)
  expect(gateway.salesforceCalls().slice(callsBefore), 'Salesforce calls').toEqual([])
  await heal()
  for (const [name, { call, check }] of all) {
    const answer = await call()
    await expect((async () => check(answer))(), name).resolves.not.toThrow()
  }
  shiftClock(healthFreshMs)
  expect((await request(health)).status, 'health').toBe(200)
}

const page = { status: 200, type: 'text/html', body: '<html><h1>Not Redis</h1></html>' }
const failing: [name: string, fault: ProxyFault][] = [
  ['is slower than the timeout', { delayMs: timeoutMs + 1000 }],
  ['hangs', 'hang'],
  ['hangs after the work', 'mute'],
  ['refuses', 'refuse'],
  ['is cut off before the work', 'cut'],
  ['is cut off after the work', { cutAfterBytes: 0 }],
]
const answering: [name: string, fault: ProxyFault][] = [
  ['is cut off within its answer', { cutAfterBytes: 165 }],
  ['answers 500', { answer: { status: 500, type: 'application/json', body: '{"error":"ERR x"}' } }],
  ['answers with a page', { answer: page }],
]

/** Names a fault, with the changes that begin and end it. */
type StoreFault = [name: string, spoil: Change, heal: Change]
type Change = (store: StoreSetup) => Promise<void> | undefined

/** Applies to each Redis: the proxy stands in front of the REST server, which hides the Redis behind it. */
const beforeFront = [...failing, ...answering].map(
  ([name, fault]): StoreFault => [
    name,
    ({ proxy }) => proxy.set(fault),
    ({ proxy }) => proxy.set(null),
  ],
)
const behindFront = failing.map(
  ([name, fault]): StoreFault => [
    `${name}, behind its front`,
    ({ backendProxy }) => backendProxy?.proxy.set(fault),
    ({ backendProxy }) => backendProxy?.proxy.set(null),
  ],
)
const restart: StoreFault = [
  'restarts',
  ({ backendProxy }) => backendProxy?.end(),
  ({ backendProxy }) => backendProxy?.begin(),
]

describe.each([
  { name: 'the embedded Redis', open: openEmbedded, storeFaults: beforeFront, skip: false },
  {
    name: 'a redis-server',
    open: openServer,
    storeFaults: [...behindFront, restart],
    skip: !hasRedisServer(),
  },
])('when $name', ({ open, storeFaults, skip }) => {
  describe.skipIf(skip)('behind proxies', { timeout: 60_000 }, () => {
    let store: StoreSetup
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())
    beforeEach(async () => {
      await store.proxy.set(null)
      await store.backendProxy?.proxy.set(null)
      await store.flush()
      gateway.network.use(store.handler)
      gateway.setEnv(store.variables)
    })

    it.each(storeFaults)(
      '%s, every call asks it once, gets 503 and succeeds afterwards',
      async (_, spoil, heal) => {
        await expectRefusalAndRecovery(
          async () => spoil(store),
          async () => heal(store),
        )
      },
    )

    it('is slow but within the timeout, every call succeeds and asks it no more than usual', async () => {
      const usual = await callAll(await prepareAll())
      const all = await prepareAll()
      await store.proxy.set({ delayMs: 60 })
      const slow = await callAll(all)
      await store.proxy.set(null)
      for (const [index, [name, { check }]] of all.entries()) {
        const [answer, before] = [slow[index]?.answer, usual[index]?.answer]
        if (!answer || !before) expect.fail(name)
        await check(answer)
        expect(redisRequestsOf(answer), name).toBeLessThanOrEqual(redisRequestsOf(before))
      }
    })
  })
})
