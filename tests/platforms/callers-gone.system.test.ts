/** Tests waiting polls of a gateway process, events off, whose callers hang up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressOf, call } from '../../bench/call.js'
import { type Child, startChild } from '../../bench/child.js'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { startRedis } from '../../sandbox/server/local-services.js'
import { serve } from '../../sandbox/server/serve.js'

/** 60 polls: as many in each conversation as may wait. */
const visitors = 15
const pollsEach = 4
/** Milliseconds after which the callers hang up; the next looks are due 3 s after the first ones. */
const hangUpMs = 1500

const salesforce = createSalesforce({ switches: instant })
let redisRequests = 0
let gateway: Child
let closeAll: () => Promise<unknown>

beforeAll(async () => {
  const redis = await startRedis()
  const store = await serve(async (request) => {
    redisRequests += 1
    const { pathname } = new URL(request.url)
    const { method, headers } = request
    return await fetch(`${redis.variables.url}${pathname}`, {
      method,
      headers,
      body: await request.arrayBuffer(),
    })
  })
  const org = await serve((request) => salesforce.handle(request))
  closeAll = () => Promise.all([store.close(), redis.close(), org.close()])
  gateway = await startChild('platforms/node.ts', {
    UPSTASH_REDIS_REST_URL: store.url,
    UPSTASH_REDIS_REST_TOKEN: redis.variables.token,
    SALESFORCE_MESSAGING_URL: org.url,
    SALESFORCE_ORG_ID: salesforce.orgId,
    SALESFORCE_DEPLOYMENT: salesforce.esDeveloperName,
    SESSION_SECRET: 'a-secret-of-at-least-thirty-two-bytes',
    CLIENT_ADDRESS: 'forwarded:1',
    // Long timeouts keep this test independent of the machine's load.
    REDIS_TIMEOUT_MS: '10000',
    REQUEST_DEADLINE_MS: '20000',
    HOST: '127.0.0.1',
    PORT: '0',
  })
})
afterAll(async () => {
  await gateway.end('SIGKILL')
  await closeAll()
})

function lists(): number {
  return salesforce.exchanges.filter(({ operationId }) => operationId === 'listConversationEntries')
    .length
}

/** Begins the polls of one visitor; the function hangs up. */
async function beginToWait(address: string): Promise<() => Promise<unknown>> {
  const base = gateway.url
  const { token } = (await call(base, { method: 'POST', endpoint: 'auth', body: {}, address })).body
  const started = { method: 'POST', endpoint: 'start', token, body: {}, address } as const
  const { conversationId } = (await call(base, started)).body
  const first = { method: 'GET', endpoint: 'poll', token, query: { conversationId } } as const
  const { cursor } = (await call(base, { ...first, address })).body
  const query = new URLSearchParams({ conversationId, cursor: String(cursor), wait: '25' })
  const caller = new AbortController()
  const polls = Array.from({ length: pollsEach }, () =>
    fetch(`${base}/api/poll?${query}`, {
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address },
      signal: caller.signal,
    }).catch(() => undefined),
  )
  return () => {
    caller.abort()
    return Promise.all(polls)
  }
}

const counts = () => ({ lists: lists(), redisRequests })

/** Waits for what was under way, on a slow machine: until nothing is counted for two seconds. */
async function settle(): Promise<void> {
  for (let earlier: unknown; JSON.stringify(earlier) !== JSON.stringify(counts()); ) {
    earlier = counts()
    await sleep(2000)
  }
}

it('60 polls whose callers hang up make no further call to Salesforce or Redis', async () => {
  const hangUps = await Promise.all(
    Array.from({ length: visitors }, (_, index) => beginToWait(addressOf(index))),
  )
  await sleep(hangUpMs)
  const before = lists()
  expect(before).toBeGreaterThanOrEqual(visitors)
  await Promise.all(hangUps.map((hangUp) => hangUp()))
  await settle()
  const settled = counts()
  console.info(`${before} lists of 60 polls, and ${settled.lists - before} after they were left`)
  expect(settled.lists - before).toBeLessThanOrEqual(visitors * pollsEach)
  // Each poll that goes on would look every three seconds.
  await sleep(6000)
  expect(counts()).toEqual(settled)
}, 120_000)
