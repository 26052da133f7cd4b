import { expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, shiftClock } from '../support/sending.js'

const LIMITS = JSON.stringify({
  tokens: [8, '1 m'],
  auth: [1000, '1 m'],
  startAddress: [1000, '1 m'],
})
const forStarts = 6
const minuteMs = 60_000

const gateway = setupGateway({ env: { LIMITS } })

async function startAsNewGuest() {
  const { token } = await signInAsGuest()
  return await request(start, { token, body: {} })
}

/** Returns the milliseconds until second 55 of a clock minute that lies some minutes ahead. */
const msUntilLateInAMinute = () => 5 * minuteMs + 55_000 - (Date.now() % minuteMs)

it('the allowance of token requests holds in any 60 seconds, not only in clock minutes', async () => {
  const lateMs = msUntilLateInAMinute()
  shiftClock(lateMs)
  for (let count = 0; count < forStarts; count++) expect((await startAsNewGuest()).status).toBe(201)
  for (const laterMs of [0, 15_000, 30_000, 50_000]) {
    shiftClock(lateMs + laterMs)
    const refused = await startAsNewGuest()
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.body.retryAfterMs).toBeLessThanOrEqual(minuteMs - laterMs)
    expect(refused.body.retryAfterMs).toBeGreaterThan(minuteMs - laterMs - 20_000)
  }
  expect(gateway.salesforce.exchanges).toHaveLength(2 * forStarts)
  shiftClock(lateMs + minuteMs + 20_000)
  for (let count = 0; count < forStarts; count++) expect((await startAsNewGuest()).status).toBe(201)
})
