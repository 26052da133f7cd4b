import { describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway()
simulateEachTest()
const minute = 60_000

const getAvailability = (options: RequestOptions = {}) => request(availability, options)

function openBetween(...intervals: [from: number, to: number][]) {
  const now = Date.now()
  gateway.salesforce.switches.businessHours = intervals.map(([from, to]) => ({
    startTime: now + from,
    endTime: now + to,
  }))
  return (ms: number) => new Date(now + ms).toISOString()
}

describe('availability', () => {
  it('returns the closing time without a token while Salesforce is open', async () => {
    const at = openBetween([-minute, minute], [5 * minute, 6 * minute])
    const { status, body, headers } = await getAvailability()
    expect(status).toBe(200)
    expect(body).toEqual({ open: true, closesAt: at(minute) })
    expect(headers.get('ratelimit-policy')).toBe('"other";q=60;w=60')
    expect(headers.get('cache-control')).toBe('public, s-maxage=30, stale-while-revalidate=300')
    const [asked] = gateway.salesforce.exchanges
    expect(asked).toMatchObject({ operationId: 'getBusinessHours', authorization: null })
  })

  it.each([undefined, 'https://shop.example', 'https://elsewhere.example', 'null'])(
    'answers a page of origin %s as it answers everybody, so that caches may keep the answer',
    async (origin) => {
      const { status, headers } = await getAvailability({ headers: origin ? { origin } : {} })
      expect(status).toBe(200)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('vary')).toBeNull()
    },
  )

  it('lets no cache keep a failure, and any page read it', async () => {
    gateway.salesforce.fail({ operation: 'getBusinessHours', what: { status: 404 } })
    const answer = await getAvailability({ headers: { origin: 'https://elsewhere.example' } })
    expectProblem(answer, 502, 'upstream_rejected')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('returns the next opening time while Salesforce is closed', async () => {
    const at = openBetween(
      [-2 * minute, -minute],
      [9 * minute, 10 * minute],
      [5 * minute, 6 * minute],
    )
    expect((await getAvailability()).body).toEqual({ open: false, opensAt: at(5 * minute) })
  })

  it('caches the business hours for a minute and computes the answer for the moment', async () => {
    const at = openBetween([-minute, 30_000], [5 * minute, 6 * minute])
    await getAvailability()
    const again = await expectNoSalesforceCalls(gateway, () =>
      getAvailability({ remoteAddress: '192.0.2.2' }),
    )
    expect(again.body).toEqual({ open: true, closesAt: at(30_000) })
    shiftClock(40_000)
    const later = await expectNoSalesforceCalls(gateway, () => getAvailability())
    expect(later.body).toEqual({ open: false, opensAt: at(5 * minute) })
    const key = 'local:hours:00DZZ0000000AbC/Harbor_Custom_Client'
    const lifetime = await gateway.redisBackend.execute(['PTTL', key])
    expect(Number(lifetime)).toBeGreaterThan(0)
    expect(Number(lifetime)).toBeLessThanOrEqual(minute)
  })

  it.each([
    ['no intervals', { businessHoursInfo: { businessHours: [] } }],
    ['no hours', { businessHoursInfo: null }],
    ['unreadable intervals', { businessHoursInfo: { businessHours: [{ startTime: 'x' }] } }],
    ['an empty object', {}],
  ])('returns open when Salesforce has %s', async (_what, body) => {
    gateway.salesforce.fail({ operation: 'getBusinessHours', what: { status: 200, body } })
    expect((await getAvailability()).body).toEqual({ open: true })
  })

  it.each([
    ['HTTP 500', { status: 500 }, 503, 'upstream_unavailable'],
    ['HTTP 404', { status: 404 }, 502, 'upstream_rejected'],
    ['HTTP 401', { status: 401 }, 502, 'upstream_rejected'],
    ['HTTP 429', { status: 429 }, 429, 'rate_limited'],
    ['an HTML page', 'html', 502, 'upstream_rejected'],
    ['no answer', 'hang', 504, 'upstream_timeout'],
  ] as const)('returns an error when Salesforce answers with %s: %j → %i %s', async (...row) => {
    const [, what, status, code] = row
    gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
    gateway.salesforce.fail({ operation: 'getBusinessHours', times: 9, what })
    expectProblem(await getAvailability(), status, code)
  })

  it('returns 429 above the limit of an address and makes no Salesforce call', async () => {
    gateway.setEnv({ LIMITS: '{"other": [1, "1 m"]}' })
    await getAvailability()
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => getAvailability()),
      429,
      'rate_limited',
    )
    expect((await getAvailability({ remoteAddress: '192.0.2.2' })).status).toBe(200)
  })

  it('returns 400 with a query and 405 for a POST', async () => {
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => getAvailability({ query: { at: 'x' } })),
      400,
      'invalid_request',
    )
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => getAvailability({ body: {} })),
      405,
      'method_not_allowed',
    )
  })

  it('returns 503 when Redis does not answer and makes no Salesforce call', async () => {
    gateway.redis.fault({ times: 9, what: { status: 500 } })
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => getAvailability()),
      503,
      'store_unavailable',
    )
  })
})
