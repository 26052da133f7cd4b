import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import health from '../../api/_health.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import start from '../../api/start.js'
import type { RedisFault } from '../../sandbox/redis/index.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: { REQUEST_DEADLINE_MS: '600' } })
simulateEachTest()

const faults: RedisFault[] = ['hang', 'drop', { status: 500 }]
const endpoints = ['a new guest', 'a refresh', 'start', 'end', 'sign out'] as const

type Visitor = Awaited<ReturnType<typeof startConversation>>
const calls: Record<(typeof endpoints)[number], (visitor: Visitor) => Promise<TestResponse>> = {
  'a new guest': () => request(auth, { body: {} }),
  'a refresh': ({ refreshToken }) => request(auth, { body: { refreshToken } }),
  start: ({ token }) => request(start, { token, body: { resume: false } }),
  end: ({ token, conversationId }) => request(end, { token, body: { conversationId } }),
  'sign out': ({ token }) => request(auth, { method: 'DELETE', token }),
}

/** Fails the nth request to the store from now on and no other. */
function failRequest(nth: number, what: RedisFault): void {
  if (nth > 1) gateway.redis.fault({ times: nth - 1, what: { slowMs: 0 } })
  gateway.redis.fault({ what })
}

async function conversationsInSalesforce(): Promise<unknown> {
  const controlRequest = new Request('https://sandbox.example/__sandbox/conversations')
  return (await gateway.salesforce.handleControl(controlRequest)).json()
}

describe.each(endpoints)('%s while the store fails', (endpoint) => {
  it.each(faults)(
    'returns 503 at once without a Salesforce call, and succeeds afterwards (%j)',
    async (what) => {
      const visitor = await startConversation()
      const before = gateway.salesforceCalls()
      gateway.setEnv({ REDIS_TIMEOUT_MS: '200' })
      const startedAt = Date.now()
      gateway.redis.fault({ what })
      const answer = await calls[endpoint](visitor)
      expect(Date.now() - startedAt).toBe(what === 'hang' ? 200 : 0)
      gateway.setEnv({ REDIS_TIMEOUT_MS: '400' })
      expect(answer).toMatchObject({
        status: 503,
        body: { code: 'store_unavailable', retryable: true },
      })
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(answer.headers.get('ratelimit')).toBeNull()
      expect(JSON.stringify(answer.body)).not.toMatch(/redis|upstash|ERR/i)
      expect(gateway.salesforceCalls()).toEqual(before)
      expect((await calls[endpoint](visitor)).status).toBeLessThan(300)
    },
  )
})

describe('health while the store hangs', () => {
  it.each([100, 1000])('returns 503 after one timeout of %i ms', async (timeoutMs) => {
    gateway.setEnv({ REDIS_TIMEOUT_MS: String(timeoutMs) })
    gateway.redis.fault({ what: 'hang', times: 9 })
    const startedAt = Date.now()
    const { status, body } = await request(health)
    expect([status, body.checks.store]).toEqual([503, 'down'])
    expect(Date.now() - startedAt).toBe(timeoutMs)
  })
})

describe('a store that is slow but answers in time', () => {
  it('does not fail a sign-in', async () => {
    gateway.redis.fault({ times: 3, what: { slowMs: 20 } })
    expect((await signInAsGuest()).token).toBeTruthy()
  })
})

describe('start when the store fails during it', () => {
  const lost = [1, 2, 3].map((nth): [number, RedisFault] => [nth, 'lose'])
  const dropped = [1, 2, 3].map((nth): [number, RedisFault] => [nth, 'drop'])

  it.each([...lost, ...dropped])(
    'leaves one working conversation after a repeat (request %i, %s)',
    async (...row) => {
      const { token } = await signInAsGuest()
      const body = { conversationId: randomUUID() }
      failRequest(...row)
      const first = await request(start, { token, body })
      expect(first).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
      gateway.redis.clearFaults()
      const repeated = await request(start, { token, body })
      expect(repeated.body).toMatchObject(body)
      expect([200, 201]).toContain(repeated.status)
      expect(await conversationsInSalesforce()).toEqual([body.conversationId])
      expect(await request(end, { token, body })).toMatchObject({ status: 200 })
    },
  )
})

describe('a repeat after a failure of the store', () => {
  it('refreshes the visitor whose refresh answer was lost', async () => {
    const { refreshToken } = await signInAsGuest()
    failRequest(1, 'lose')
    const first = await request(auth, { body: { refreshToken } })
    expect(first).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
    const again = await request(auth, { body: { refreshToken } })
    expect(again.status).toBe(200)
    expect((await request(start, { token: again.body.token, body: {} })).status).toBe(201)
  })

  it('ends a conversation whose end could not be stored', async () => {
    const visitor = await startConversation()
    failRequest(2, 'drop')
    expect(await visitor.end()).toMatchObject({ status: 503, body: { code: 'store_unavailable' } })
    expect(await visitor.end()).toMatchObject({ status: 200, body: { status: 'ended' } })
  })

  it.each([2, 3, 4])('signs out after a failure at request %i', async (nth) => {
    const { token, conversationId } = await startConversation()
    failRequest(nth, 'drop')
    const first = await request(auth, { method: 'DELETE', token })
    gateway.redis.clearFaults()
    const second = await request(auth, { method: 'DELETE', token })
    expect([first.status, second.status]).toContain(204)
    expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
    expect(await request(start, { token, body: {} })).toMatchObject({ status: 401 })
  })
})
