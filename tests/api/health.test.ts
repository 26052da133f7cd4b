import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import health from '../../api/_health.js'
import { RedisError, type Reply } from '../../sandbox/redis/resp.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway({ env: { REDIS_TIMEOUT_MS: '200' } })

/** Answers `INFO` with this reply; returns a function that counts how often it was asked. */
function answerInfo(reply: Reply): () => number {
  const { execute } = gateway.redisBackend
  const isInfo = ([name]: readonly string[]) => name === 'INFO'
  const spy = vi
    .spyOn(gateway.redisBackend, 'execute')
    .mockImplementation(async (command) => (isInfo(command) ? reply : execute(command)))
  return () => spy.mock.calls.filter(([command]) => isInfo(command)).length
}

describe('health', () => {
  it('returns 200 when the environment is complete and the store answers', async () => {
    const { status, headers, body } = await request(health)
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'ok', checks: { environment: 'ok', store: 'ok' } })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('returns 200 although blanks and line breaks are around the values', async () => {
    gateway.setEnv({
      UPSTASH_REDIS_REST_URL: 'https://redis.example\n',
      UPSTASH_REDIS_REST_TOKEN: ' redis-token ',
      SALESFORCE_MESSAGING_URL: 'https://harbor.my.salesforce-scrt.com \n',
    })
    expect((await request(health)).status).toBe(200)
    expect((await startConversation()).started.status).toBe('open')
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

  it('asks the store once for concurrent calls', async () => {
    gateway.redis.fault({ what: { slowMs: 50 } })
    const first = request(health)
    await sleep(10)
    const others = Array.from({ length: 20 }, () => request(health))
    const answers = await Promise.all([first, ...others])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(gateway.redis.counts.requests).toBe(2)
  })

  it.each([
    ['a policy that evicts keys', 'maxmemory_policy:allkeys-lru\r\nevicted_keys:0', true],
    ['the policy of Upstash', 'maxmemory_policy:optimistic-volatile', true],
    ['keys that were evicted', 'maxmemory_policy:noeviction\r\nevicted_keys:3', true],
    ['the policy that keeps all keys', 'maxmemory_policy:noeviction\r\nevicted_keys:0', false],
    ['no policy', 'redis_version:7.0.15', false],
  ])(
    'returns 200 if Redis tells of %s, with a warning if keys may be lost',
    async (_what, info, warns) => {
      answerInfo(Buffer.from(`# Memory\r\n${info}\r\n`))
      const { status, body } = await request(health)
      const well = { status: 'ok', checks: { environment: 'ok', store: 'ok' } }
      expect(status).toBe(200)
      expect(body).toEqual(warns ? { ...well, warnings: ['store_evicts'] } : well)
    },
  )

  it('returns 200 without a warning if Redis refuses INFO', async () => {
    answerInfo(new RedisError("NOPERM this user has no permissions to run the 'info' command"))
    const { status, body } = await request(health)
    expect(status).toBe(200)
    expect(body).toEqual({ status: 'ok', checks: { environment: 'ok', store: 'ok' } })
  })

  it('asks for Redis’ settings once in five minutes and logs the warning once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const begun = Date.now()
    const asked = answerInfo(Buffer.from('maxmemory_policy:allkeys-lru\r\n'))
    for (const [minutes, times] of [
      [0, 1],
      [1, 1],
      [4.9, 1],
      [5, 2],
      [9.9, 2],
      [10, 3],
    ] as const) {
      vi.setSystemTime(begun + minutes * 60_000)
      expect((await request(health)).body).toHaveProperty('warnings')
      expect(asked(), `after ${minutes} minutes`).toBe(times)
    }
    const warnings = gateway.logLines.filter((line) => line.includes('noeviction'))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('"endpoint":"health"')
  })

  it('pings the store at most once in five seconds after a success or a failure', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const begun = Date.now()
    gateway.redis.fault({ what: { status: 500 } })
    for (const [ms, status, requests] of [
      [0, 503, 1],
      [4999, 503, 1],
      [5000, 200, 3],
      [9999, 200, 3],
      [10_000, 200, 4],
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
