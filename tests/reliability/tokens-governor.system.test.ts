/** Salesforce's token requests are the organisation's: four processes share one allowance. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../lib/limits.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openFleet } from './fleet.js'

const exchange = 'generateAccessTokenForAuthenticatedUser'
const most = defaultLimits.tokens[0]
const keptForRenewals = 40

const many = (count: number) => Array.from({ length: count })

/** How many moments the fullest window of this length holds. */
function fullest(moments: readonly number[], windowMs: number): number {
  return Math.max(
    0,
    ...moments.map((from) => moments.filter((at) => at >= from && at < from + windowMs).length),
  )
}

describe('250 starts at once over 4 processes', () => {
  const world = openFleet({ salesforce: () => verifiedSalesforce, env: () => verifiedEnv })

  it('never exceed what starts may use, are told when to come again, and leave room for renewals', async () => {
    const running = await Promise.all(many(5).map(() => world.visit()))
    const visitors = await Promise.all(many(250).map(() => world.arrive()))
    const starts = await Promise.all(visitors.map((visitor) => visitor.start()))
    const refused = starts.filter(({ status }) => status !== 201)
    expect(world.exchangesOf(exchange)).toHaveLength(most - keptForRenewals)
    expect(starts.length - refused.length).toBe(most - keptForRenewals - running.length)
    for (const { status, code, retryAfterSeconds, body } of refused) {
      expect([status, code]).toEqual([429, 'rate_limited'])
      expect(retryAfterSeconds).toBeGreaterThan(0)
      expect(retryAfterSeconds).toBeLessThanOrEqual(60)
      expect(Math.ceil((body.retryAfterMs ?? 0) / 1000)).toBe(retryAfterSeconds)
    }
    world.salesforce().expireTokens()
    const polls = await Promise.all(running.map((visitor) => visitor.poll()))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(world.exchangesOf(exchange).map(({ status }) => status)).not.toContain(429)
  })
})

describe('starts that keep coming over 4 processes', () => {
  const allowed = 40
  const windowMs = 2000
  /** From the permission to the request: what a machine under load may add to some and not to others. */
  const jitterMs = 500
  const LIMITS = JSON.stringify({
    tokens: [allowed, `${windowMs} ms`],
    start: [1000, '1 m'],
    startAddress: [1000, '1 m'],
  })
  const world = openFleet({
    salesforce: () => verifiedSalesforce,
    env: () => ({ ...verifiedEnv, LIMITS }),
  })

  it('stay below the allowance in every window, wherever it begins', async () => {
    world.salesforce().switches.limits.tokensPerMinute = null
    const visitors = await Promise.all(many(150).map(() => world.arrive()))
    const until = Date.now() + 3 * windowMs
    await Promise.all(
      visitors.map(async (visitor) => {
        while ((await visitor.start()).status !== 201 && Date.now() < until) await sleep(200)
      }),
    )
    const moments = world.exchangesOf(exchange).map(({ at }) => at)
    expect(moments.length).toBeGreaterThan(allowed)
    expect(fullest(moments, windowMs - jitterMs)).toBeLessThanOrEqual(allowed)
  })
})
