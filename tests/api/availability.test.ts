import { describe, expect, it } from 'vitest'
import availability from '../../api/availability.js'
import { type Knock, knock } from '../support/knock.js'
import { openWorld } from '../support/world.js'
import { expectProblem, shiftClock, unheard } from './saying.js'

const world = openWorld()
const minute = 60_000

const ask = (wish: Knock = {}) => knock(availability, wish)

function openBetween(...intervals: [from: number, to: number][]) {
  const now = Date.now()
  world.salesforce.switches.businessHours = intervals.map(([from, to]) => ({
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
    const [asked] = world.salesforce.exchanges
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
    const again = await unheard(world, () => ask({ remoteAddress: '192.0.2.2' }))
    expect(again.body).toEqual({ open: true, closesAt: at(30_000) })
    shiftClock(40_000)
    const later = await unheard(world, () => ask())
    expect(later.body).toEqual({ open: false, opensAt: at(5 * minute) })
    const key = 'local:hours:00DZZ0000000AbC/Harbor_Custom_Client'
    const lifetime = await world.redisBackend.execute(['PTTL', key])
    expect(Number(lifetime)).toBeGreaterThan(0)
    expect(Number(lifetime)).toBeLessThanOrEqual(minute)
  })

  it.each([
    ['no intervals', { businessHoursInfo: { businessHours: [] } }],
    ['no hours', { businessHoursInfo: null }],
    ['unreadable intervals', { businessHoursInfo: { businessHours: [{ startTime: 'x' }] } }],
    ['nothing', {}],
  ])('is open where Salesforce knows %s', async (_what, body) => {
    world.salesforce.fail({ operation: 'getBusinessHours', what: { status: 200, body } })
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
    world.setEnv({ REQUEST_DEADLINE_MS: '300' })
    world.salesforce.fail({ operation: 'getBusinessHours', times: 9, what })
    expectProblem(await ask(), status, code)
  })

  it('is 429 above the limit of an address, and Salesforce is not asked', async () => {
    world.setEnv({ LIMITS: '{"other": [1, "1 m"]}' })
    await ask()
    expectProblem(await unheard(world, () => ask()), 429, 'rate_limited')
    expect((await ask({ remoteAddress: '192.0.2.2' })).status).toBe(200)
  })

  it('is 400 with a query, and 405 for a POST', async () => {
    expectProblem(await unheard(world, () => ask({ query: { at: 'x' } })), 400, 'invalid_request')
    expectProblem(await unheard(world, () => ask({ body: {} })), 405, 'method_not_allowed')
  })

  it('is 503 when Redis does not answer, for nobody is let through uncounted', async () => {
    world.redis.fault({ times: 9, what: { status: 500 } })
    expectProblem(await unheard(world, () => ask()), 503, 'store_unavailable')
  })
})
