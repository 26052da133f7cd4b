/**
 * Tests waiting polls of a gateway process that listen to Salesforce's event stream, and their
 * ends.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { call } from '../../bench/call.js'
import { type Child, startChild } from '../../bench/child.js'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { startRedis } from '../../sandbox/server/local-services.js'
import { serve } from '../../sandbox/server/serve.js'

const salesforce = createSalesforce({ switches: instant })
/** Streams that Salesforce serves; `closedAt` is null while the connection is there. */
const streams: { closedAt: number | null }[] = []
let env: Record<string, string>
let gateway: Child
let closeAll: () => Promise<unknown>

beforeAll(async () => {
  const redis = await startRedis()
  const org = await serve((request, { signal }) => {
    if (new URL(request.url).pathname === '/eventrouter/v1/sse') {
      const stream: (typeof streams)[number] = { closedAt: null }
      streams.push(stream)
      // A signal inside a `Request` is lost with a garbage collection.
      signal?.addEventListener('abort', () => {
        stream.closedAt = performance.now()
      })
    }
    return salesforce.handle(request)
  })
  closeAll = () => Promise.all([redis.close(), org.close()])
  env = {
    UPSTASH_REDIS_REST_URL: redis.variables.url,
    UPSTASH_REDIS_REST_TOKEN: redis.variables.token,
    SALESFORCE_MESSAGING_URL: org.url,
    SALESFORCE_ORG_ID: salesforce.orgId,
    SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
    SALESFORCE_EVENTS: 'wait',
    SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    HOST: '127.0.0.1',
    PORT: '0',
  }
  gateway = await startChild('platforms/node.ts', env)
})
beforeEach(() => {
  streams.length = 0
})
afterAll(async () => {
  await gateway.end('SIGKILL')
  await closeAll()
})

/** Begins a poll that waits, and has made its first look. */
async function beginToWait(base: string, wait: string) {
  const { token } = (await call(base, { method: 'POST', endpoint: 'auth', body: {} })).body
  const start = await call(base, { method: 'POST', endpoint: 'start', token, body: {} })
  const { conversationId } = start.body
  const query = { conversationId }
  let { cursor } = (await call(base, { method: 'GET', endpoint: 'poll', token, query })).body
  // What the start brings belongs to no wait of these tests.
  await sleep(300)
  cursor = (
    await call(base, {
      method: 'GET',
      endpoint: 'poll',
      token,
      query: { conversationId, cursor: String(cursor) },
    })
  ).body.cursor
  const caller = new AbortController()
  const url = `${base}/api/poll?${new URLSearchParams({ ...query, cursor: String(cursor), wait })}`
  const answer = fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: caller.signal,
  }).then(
    async (response) => ({ status: response.status, body: await response.json() }),
    () => null,
  )
  await expect.poll(() => streams.length).toBe(1)
  await sleep(1500)
  expect(streams).toEqual([{ closedAt: null }])
  return { answer, hangUp: () => caller.abort() }
}

/** Tells a stream that ends early from one that ends with its wait of 20 s, on a busy machine too. */
const muchLessThanTheWaitMs = 10_000

/** Returns the milliseconds from a moment until the stream was closed. */
async function closedAfterMs(since: number): Promise<number> {
  await expect.poll(() => streams[0]?.closedAt ?? null, { interval: 5 }).not.toBeNull()
  return Number(streams[0]?.closedAt) - since
}

/** Returns the lists that Salesforce gets within some time. */
async function listsDuring(ms: number): Promise<number> {
  const lists = () =>
    salesforce.exchanges.filter(({ operationId }) => operationId === 'listConversationEntries')
  const before = lists().length
  await sleep(ms)
  return lists().length - before
}

it('the stream closes when the caller hangs up, and no list follows', async () => {
  const { hangUp } = await beginToWait(gateway.url, '20')
  const since = performance.now()
  hangUp()
  expect(await closedAfterMs(since)).toBeLessThan(muchLessThanTheWaitMs)
  expect(await listsDuring(2000)).toBe(0)
})

it('the stream closes at the end of the wait, and no list follows', async () => {
  const { answer } = await beginToWait(gateway.url, '3')
  expect(await answer).toMatchObject({ status: 200, body: { messages: [], waitSeconds: 25 } })
  await expect.poll(() => streams[0]?.closedAt ?? null).not.toBeNull()
  expect(await listsDuring(2000)).toBe(0)
})

it('the stream closes at once when the server stops, and its poll is answered', async () => {
  const stopping = await startChild('platforms/node.ts', env)
  const { answer } = await beginToWait(stopping.url, '20')
  const since = performance.now()
  const ended = stopping.end('SIGTERM')
  expect(await closedAfterMs(since)).toBeLessThan(muchLessThanTheWaitMs)
  expect(await answer).toMatchObject({ status: 200, body: { messages: [], waitSeconds: 25 } })
  await ended
  expect(performance.now() - since).toBeLessThan(muchLessThanTheWaitMs)
})
