import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import health from '../../api/health.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway({ env: { REDIS_TIMEOUT_MS: '200' } })

describe('health', () => {
  it('returns 200 when the environment is complete and the store answers', async () => {
    const { status, headers, body } = await request(health)
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'ok', checks: { environment: 'ok', store: 'ok' } })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('answers HEAD without a body', async () => {
    expect(await request(health, { method: 'HEAD' })).toMatchObject({ status: 200, body: null })
  })

  it.each(['hang', 'drop', { status: 500 }, { status: 401 }] as const)(
    'returns 503 while the store does not answer (%j) and 200 afterwards',
    async (what) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      gateway.redis.fault({ what })
      const { status, body } = await request(health)
      expect(status).toBe(503)
      expect(body).toEqual({ status: 'down', checks: { environment: 'ok', store: 'down' } })
      vi.setSystemTime(Date.now() + 5000)
      expect((await request(health)).status).toBe(200)
    },
  )

  it('pings the store once for concurrent calls', async () => {
    gateway.redis.fault({ what: { slowMs: 50 } })
    const first = request(health)
    await sleep(10)
    const others = Array.from({ length: 20 }, () => request(health))
    const answers = await Promise.all([first, ...others])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(gateway.redis.counts.requests).toBe(1)
  })

  it('pings the store at most once in five seconds after a success or a failure', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const begun = Date.now()
    gateway.redis.fault({ what: { status: 500 } })
    for (const [ms, status, requests] of [
      [0, 503, 1],
      [4999, 503, 1],
      [5000, 200, 2],
      [9999, 200, 2],
      [10_000, 200, 3],
    ] as const) {
      vi.setSystemTime(begun + ms)
      expect((await request(health)).status, `after ${ms} ms`).toBe(status)
      expect(gateway.redis.counts.requests, `after ${ms} ms`).toBe(requests)
    }
  })

  it('returns 429 after 60 calls a minute of one address, without the store, and serves other addresses', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const begun = Date.now()
    gateway.redis.fault({ what: 'drop', times: 100 })
    for (let call = 1; call <= 60; call += 1) {
      const { status, headers } = await request(health)
      expect(status).toBe(503)
      expect(headers.get('ratelimit-policy')).toBe('"other";q=60;w=60')
      expect(headers.get('ratelimit')).toBe(`"other";r=${60 - call};t=60`)
    }
    vi.setSystemTime(begun + 15_000)
    const refused = await request(health)
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', retryAfterMs: 45_000 },
    })
    expect(refused.headers.get('retry-after')).toBe('45')
    expect((await request(health, { headers: { 'x-forwarded-for': '198.51.100.7' } })).status).toBe(
      429,
    )
    expect((await request(health, { remoteAddress: '198.51.100.7' })).status).toBe(503)
    vi.setSystemTime(begun + 60_000)
    expect((await request(health)).status).toBe(503)
  })

  it('takes its limit from LIMITS', async () => {
    gateway.setEnv({ LIMITS: JSON.stringify({ other: [2, '10 s'] }) })
    const statuses = []
    for (let call = 0; call < 3; call += 1) statuses.push((await request(health)).status)
    expect(statuses).toEqual([200, 200, 429])
  })

  it('returns 503 without names or values when the environment is not complete', async () => {
    gateway.setEnv({ SALESFORCE_ORG_ID: 'not-an-org', SESSION_SECRET: '' })
    const { status, body } = await request(health)
    expect(status).toBe(503)
    expect(body).toMatchObject({ status: 'down', checks: { environment: 'down' } })
    expect(JSON.stringify(body)).not.toMatch(/SALESFORCE|SESSION|not-an-org/)
  })

  it('names the invalid variables in the log without their values', async () => {
    gateway.setEnv({ SALESFORCE_ORG_ID: 'not-an-org', SESSION_SECRET: '' })
    await request(health)
    expect(gateway.logLines).toHaveLength(1)
    expect(gateway.logLines[0]).toContain('SALESFORCE_ORG_ID')
    expect(gateway.logLines[0]).toContain('SESSION_SECRET')
    expect(gateway.logLines[0]).not.toContain('not-an-org')
  })
})
