/** Checks that four processes share the organisation's allowance of token requests to Salesforce. */
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../lib/limits.js'
import { verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { openFleet } from './fleet.js'

const exchange = 'generateAccessTokenForAuthenticatedUser'
const allowance = defaultLimits.tokens[0]
const keptForRenewals = 40

const many = (count: number) => Array.from({ length: count })

describe('250 concurrent starts over 4 processes', () => {
  const gateway = openFleet({ salesforce: () => verifiedSalesforce, env: () => verifiedEnv })

  it('stay within the share of starts, get Retry-After when refused, and leave renewals possible', async () => {
    const running = await Promise.all(many(5).map(() => gateway.startConversation()))
    const visitors = await Promise.all(many(250).map(() => gateway.signIn()))
    const starts = await Promise.all(visitors.map((visitor) => visitor.start()))
    const refused = starts.filter(({ status }) => status !== 201)
    expect(gateway.exchangesOf(exchange)).toHaveLength(allowance - keptForRenewals)
    expect(starts.length - refused.length).toBe(allowance - keptForRenewals - running.length)
    for (const { status, code, retryAfterSeconds, body } of refused) {
      expect([status, code]).toEqual([429, 'rate_limited'])
      expect(retryAfterSeconds).toBeGreaterThan(0)
      expect(retryAfterSeconds).toBeLessThanOrEqual(60)
      expect(Math.ceil((body.retryAfterMs ?? 0) / 1000)).toBe(retryAfterSeconds)
    }
    gateway.salesforce().expireTokens()
    const polls = await Promise.all(running.map((visitor) => visitor.poll()))
    expect(polls.map(({ status }) => status)).toEqual(polls.map(() => 200))
    expect(gateway.exchangesOf(exchange).map(({ status }) => status)).not.toContain(429)
  })
})
