/** Calls every endpoint while the store is slow, hangs, refuses, fails, is cut off or restarts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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

const gateway = setupGateway({
  salesforce: {
    attachments,
    allowTranscriptDownload: true,
    switches: { limits: noSalesforceLimits },
  },
  // The store's timeout and the deadline are those of production.
  env: { ...loginEnv, LIMITS: limits, REDIS_TIMEOUT_MS: '1000', REQUEST_DEADLINE_MS: '8000' },
})

/** Limits the response time in milliseconds, for every fault of the store (docs/reliability.md). */
const promisedMs = 1500

/** Separates two calls, in milliseconds. */
const pauseMs = 20

/** Equals the time for which health caches its result, in milliseconds. */
const healthFreshMs = 5000

const calls = { ...commonCalls(), ...furtherCalls(gateway) }

async function prepareAll(): Promise<[name: string, prepared: PreparedCall][]> {
  const prepared: [string, PreparedCall][] = []
  for (const [name, prepare] of Object.entries(calls)) prepared.push([name, await prepare()])
  return prepared
}

async function timed(call: () => Promise<TestResponse>) {
  const startedAt = performance.now()
  return { answer: await call(), ms: performance.now() - startedAt }
}

/**
 * Makes the calls concurrently, `pauseMs` apart: the test waits for a hanging store once, and the
 * measured times do not include the load of a simultaneous start.
 */
async function callAll(all: readonly [string, PreparedCall][]) {
  const made = []
  for (const [name, { call }] of all) {
    made.push(timed(call).then((outcome) => ({ name, ...outcome })))
    await sleep(pauseMs)
  }
  return await Promise.all(made)
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
 * Expects that each call is refused in time and makes no Salesforce call, and that the same call
 * succeeds at once when the store is healthy again.
 */
async function expectRefusalAndRecovery(
  injectFault: () => Promise<void>,
  heal: () => Promise<void>,
) {
  const all = await prepareAll()
  const callsBefore = gateway.salesforceCalls().length
  await injectFault()
  const refused = await callAll(all)
  for (const { name, answer, ms } of refused) {
    expectRefused(name, answer)
    expect(ms, name).toBeLessThan(promisedMs)
  }
  const unhealthy = await timed(() => request(health))
  expect(unhealthy.answer).toMatchObject({ status: 503, body: { status: 'down' } })
  expect(unhealthy.ms, 'health').toBeLessThan(promisedMs)
  expect((await request(jwks)).status, 'the key set').toBe(200)
  expect((await request(notFound)).status, 'no such endpoint').toBe(404)
  expect(gateway.salesforceCalls().slice(callsBefore), 'Salesforce calls').toEqual([])
  await heal()
  for (const [name, { call, check }] of all) {
    const { answer, ms } = await timed(call)
    await expect((async () => check(answer))(), name).resolves.not.toThrow()
    expect(ms, `${name}, healed`).toBeLessThan(promisedMs)
  }
  shiftClock(healthFreshMs)
  expect((await request(health)).status, 'health').toBe(200)
}

const page = { status: 200, type: 'text/html', body: '<html><h1>Not Redis</h1></html>' }
const failing: [name: string, fault: ProxyFault][] = [
  ['is slower than the timeout', { delayMs: 1300 }],
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
      '%s, every call gets 503 in time and succeeds afterwards',
      async (_, spoil, heal) => {
        await expectRefusalAndRecovery(
          async () => spoil(store),
          async () => heal(store),
        )
      },
    )

    it('is slow but within the timeout, every call succeeds in time', async () => {
      const all = await prepareAll()
      await store.proxy.set({ delayMs: 60 })
      const answers = await callAll(all)
      for (const { name, ms } of answers) expect(ms, name).toBeLessThan(promisedMs)
      await store.proxy.set(null)
      for (const [index, [, { check }]] of all.entries()) {
        await check(answers[index]?.answer ?? expect.fail())
      }
    })
  })
})
