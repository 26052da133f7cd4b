/** Tests how often a call that waits for another one asks Redis, and how soon it is answered. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noLimits, noSalesforceLimits, timesStored } from '../support/sending.js'
import { simulate } from '../support/simulated-time.js'

const gateway = setupGateway({
  env: { ...noLimits, REQUEST_DEADLINE_MS: '20000' },
  salesforce: { switches: { limits: noSalesforceLimits } },
})

const unavailableFor = (seconds: number) => ({
  status: 503,
  headers: { 'retry-after': String(seconds) },
})

/** Runs calls together, the second one a moment after the first; returns their ends and the Redis requests. */
async function runTogether<T>(first: () => Promise<T>, second: () => Promise<T>) {
  const before = gateway.redis.counts.requests
  return await simulate(async (time) => {
    const beganAt = Date.now()
    const timed = (call: () => Promise<T>) =>
      time.during(call).then((answer) => ({ answer, ms: Date.now() - beganAt }))
    const one = timed(first)
    await time.sleep(200)
    const [a, b] = await Promise.all([one, timed(second)])
    return { first: a, second: b, requests: gateway.redis.counts.requests - before }
  })
}

describe('a start that waits for another one', () => {
  it('asks Redis at most eight times while the other takes seven seconds', async () => {
    const calm = await signInAsGuest()
    const startOnce = (token: string) => () => request(start, { token, body: {} })
    const before = gateway.redis.counts.requests
    await startOnce(calm.token)()
    const ofOne = gateway.redis.counts.requests - before

    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', what: unavailableFor(7) })
    const { first, second, requests } = await runTogether(startOnce(token), startOnce(token))
    console.info(`start: ${requests - ofOne} Redis requests of the one that waits`)
    expect([first.answer.status, second.answer.status]).toEqual([201, 200])
    expect(second.answer.body.conversationId).toBe(first.answer.body.conversationId)
    expect(first.ms).toBeGreaterThanOrEqual(7000)
    // Its limits, its record under the lock and the release are three more.
    expect(requests - ofOne).toBeLessThanOrEqual(8 + 3)
    expect(second.ms - first.ms).toBeLessThan(2600)
  })
})

describe('a repeated message that waits for its first attempt', () => {
  /** Sends a message whose first attempt takes so many seconds, and repeats it meanwhile. */
  async function sendTwice(seconds: number) {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    const once = () => send('Are you there?', id)
    gateway.salesforce.fail({ operation: 'sendMessage', what: unavailableFor(seconds) })
    const result = await runTogether(once, once)
    expect([result.first.answer.status, result.second.answer.status]).toEqual([202, 202])
    expect(result.second.answer.body.duplicate).toBe(true)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    return result
  }

  it.each([1, 2, 7])('is answered within ¾ s of its end, when it takes %i s', async (seconds) => {
    const { first, second } = await sendTwice(seconds)
    expect(first.ms).toBeGreaterThanOrEqual(seconds * 1000)
    expect(second.ms - first.ms).toBeLessThan(750)
  })

  it('asks Redis at most 30 times in seven seconds, looks into the list included', async () => {
    const { requests } = await sendTwice(7)
    console.info(`send: ${requests} Redis requests of both`)
    expect(requests).toBeLessThanOrEqual(30)
  })
})
