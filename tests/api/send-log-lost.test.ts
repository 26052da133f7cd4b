/** Tests a message that is sent again after Redis failed and lost the log entry of its first attempt. */
import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import { startConversation } from '../support/conversation.js'
import { redisUrl, setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectProblem, timesStored } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({
  env: { LIMITS: '{"list":[4,"1 m"]}' },
  salesforce: { switches: { storesDuplicates: true } },
})
simulateEachTest()

it('a message is looked for by a borrowed look when the budget of looks is used up, and stored once', async () => {
  const { send, poll, conversationId } = await startConversation()
  const id = randomUUID()
  await send('Once', id)
  await poll()
  await gateway.redisBackend.execute(['DEL', `local:send:{${conversationId}}:${id}`])
  gateway.redis.fault({ what: 'drop' })
  expectProblem(await send('Another'), 503, 'store_unavailable')
  expect(await send('Once', id)).toMatchObject({ status: 202, body: { duplicate: true } })
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

it('a message whose log entry is lost is stored once, when a change of several keys had failed', async () => {
  const { send, conversationId } = await startConversation()
  const { body: guest } = await request(auth, { body: {} })
  const id = randomUUID()
  await send('Once', id)
  await gateway.redisBackend.execute(['DEL', `local:send:{${conversationId}}:${id}`])
  const fault = () => HttpResponse.json({ error: 'ERR x' }, { status: 500 })
  gateway.network.use(http.post(`${redisUrl}/multi-exec`, fault, { once: true }))
  const signedOut = await request(auth, { method: 'DELETE', token: guest.token })
  expectProblem(signedOut, 503, 'store_unavailable')
  expect(await send('Once', id)).toMatchObject({ status: 202, body: { duplicate: true } })
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

describe('a message whose log entry is lost, while the list cannot be read', () => {
  /** Sends a message whose log entry Redis loses, and fails once more. */
  async function sendAndForget() {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    await send('Once', id)
    await gateway.redisBackend.execute(['DEL', `local:send:{${conversationId}}:${id}`])
    gateway.redis.fault({ what: 'drop' })
    expectProblem(await send('Another'), 503, 'store_unavailable')
    return { send: () => send('Once', id), stored: () => timesStored(gateway, conversationId, id) }
  }

  it.each([
    [400, 503, 'upstream_unavailable'],
    [429, 429, 'rate_limited'],
  ] as const)(
    '(%i) is a %i, and found by the next call at once',
    async (...[status, answered, code]) => {
      const { send, stored } = await sendAndForget()
      const what = { status, headers: { 'retry-after': '0' } }
      gateway.salesforce.fail({ operation: 'listConversationEntries', what })
      expectProblem(await send(), answered, code)
      const startedAt = Date.now()
      expect(await send()).toMatchObject({ status: 202, body: { duplicate: true } })
      expect(Date.now() - startedAt).toBeLessThan(1000)
      expect(stored()).toBe(1)
    },
  )
})
