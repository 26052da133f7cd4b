/** Calls every endpoint while the store answers commands with nonsense. */
import { HttpResponse, http } from 'msw'
import { expect, it, vi } from 'vitest'
import * as z from 'zod'
import health from '../../api/_health.js'
import { redisUrl, setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noSalesforceLimits, shiftClock } from '../support/sending.js'
import { attachments } from '../support/uploads.js'
import { loginEnv } from '../support/verified.js'
import { commonCalls, furtherCalls, limits, type PreparedCall } from './calls.js'

const gateway = setupGateway({
  salesforce: {
    attachments,
    allowTranscriptDownload: true,
    switches: { limits: noSalesforceLimits },
  },
  env: { ...loginEnv, LIMITS: limits },
})

const calls = { ...commonCalls(), ...furtherCalls(gateway) }

/** Equals the time for which health caches its result, in milliseconds. */
const healthFreshMs = 5000

/** Answers each command of a request with this result, while `isBroken`. */
function answerCommandsWith(result: unknown) {
  const state = { isBroken: true }
  const answer = http.post(`${redisUrl}/:kind`, async ({ request }) => {
    if (!state.isBroken) return undefined
    const commands = z.array(z.unknown()).parse(await request.clone().json())
    return HttpResponse.json(commands.map(() => ({ result })))
  })
  gateway.network.use(answer)
  return state
}

it.each([[null], [[]], ['OK'], [1]])(
  'every call returns 503 and recovers when the store answers each command with %j',
  async (result) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const prepared: [string, PreparedCall][] = []
    for (const [name, prepare] of Object.entries(calls)) prepared.push([name, await prepare()])
    const callsBefore = gateway.salesforceCalls()
    const state = answerCommandsWith(result)
    for (const [name, { call }] of prepared) {
      const { status, body } = await call()
      expect({ name, status, code: body?.code }).toEqual({
        name,
        status: 503,
        code: 'store_unavailable',
      })
    }
    expect((await request(health)).status).toBe(503)
    expect(gateway.salesforceCalls()).toEqual(callsBefore)
    state.isBroken = false
    for (const [name, { call, check }] of prepared) {
      const answer = await call()
      await expect((async () => check(answer))(), name).resolves.not.toThrow()
    }
    shiftClock(healthFreshMs)
    expect((await request(health)).status).toBe(200)
  },
)
