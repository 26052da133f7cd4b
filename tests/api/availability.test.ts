import { describe, expect, it } from 'vitest'
import availability from '../../api/availability.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'

const gateway = setupGateway()
const minute = 60_000

const ask = (options: RequestOptions = {}) => request(availability, options)

function openBetween(...intervals: [from: number, to: number][]) {
  const now = Date.now()
  gateway.salesforce.switches.businessHours = intervals.map(([from, to]) => ({
    startTime: now + from,
    endTime: now + to,
  }))
  return (ms: number) => new Date(now + ms).toISOString()
}

describe('availability', () => {
  it('is open until closing time, and needs no token', async () => {
    const at = openBetween([-minute, minute], [5 * minute, 6 * minute])
    const { status, body, headers } = await ask()
    expect(status).toBe(200)
    expect(body).toEqual({ open: true, closesAt: at(minute) })
    expect(headers.get('ratelimit-policy')).toBe('"other";q=60;w=60')
    expect(headers.get('cache-control')).toBe('no-store')
    const [asked] = gateway.salesforce.exchanges
    expect(asked).toMatchObject({ operationId: 'getBusinessHours', authorization: null })
  })

  it('is closed until opening time', async () => {
    const at = openBetween(
      [-2 * minute, -minute],
      [9 * minute, 10 * minute],
      [5 * minute, 6 * minute],
    )
    expect((await ask()).body).toEqual({ open: false, opensAt: at(5 * minute) })
  })

  it('is asked of Salesforce once a minute, and told for the moment', async () => {
    const at = openBetween([-minute, 30_000], [5 * minute, 6 * minute])
    await ask()
    const again = await expectNoSalesforceCalls(gateway, () => ask({ remoteAddress: '192.0.2.2' }))
    expect(again.body).toEqual({ open: true, closesAt: at(30_000) })
    shiftClock(40_000)
    const later = await expectNoSalesforceCalls(gateway, () => ask())
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
    ['nothing', {}],
  ])('is open where Salesforce knows %s', async (_what, body) => {
    gateway.salesforce.fail({ operation: 'getBusinessHours', what: { status: 200, body } })
    expect((await ask()).body).toEqual({ open: true })
  })

  it.each([
    ['HTTP 500', { status: 500 }, 503, 'upstream_unavailable'],
    ['HTTP 404', { status: 404 }, 502, 'upstream_rejected'],
    ['HTTP 401', { status: 401 }, 502, 'upstream_rejected'],
    ['HTTP 429', { status: 429 }, 429, 'rate_limited'],
    ['a web page', 'html', 502, 'upstream_rejected'],
    ['silence', 'hang', 504, 'upstream_timeout'],
  ] as const)('is a problem when Salesforce answers with %s', async (...row) => {
    const [, what, status, code] = row
    gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
    gateway.salesforce.fail({ operation: 'getBusinessHours', times: 9, what })
    expectProblem(await ask(), status, code)
  })

  it('is 429 above the limit of an address, and Salesforce is not asked', async () => {
    gateway.setEnv({ LIMITS: '{"other": [1, "1 m"]}' })
    await ask()
    expectProblem(await expectNoSalesforceCalls(gateway, () => ask()), 429, 'rate_limited')
    expect((await ask({ remoteAddress: '192.0.2.2' })).status).toBe(200)
  })

  it('is 400 with a query, and 405 for a POST', async () => {
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => ask({ query: { at: 'x' } })),
      400,
      'invalid_request',
    )
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => ask({ body: {} })),
      405,
      'method_not_allowed',
    )
  })

  it('is 503 when Redis does not answer, for nobody is let through uncounted', async () => {
    gateway.redis.fault({ times: 9, what: { status: 500 } })
    expectProblem(await expectNoSalesforceCalls(gateway, () => ask()), 503, 'store_unavailable')
  })
})
