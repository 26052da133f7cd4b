/** Tests that what a call still does after its test has ended does not reach the next test. */
import { http } from 'msw'
import { expect, it, vi } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { redisUrl, setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway()
let running: Promise<TestResponse>
let answerRedis = () => {}

it('leaves a start behind that waits for Redis', async () => {
  const { token } = await signInAsGuest()
  const answered = new Promise<void>((resolve) => {
    answerRedis = resolve
  })
  const redis = vi.fn(() => answered)
  gateway.network.use(http.all(`${redisUrl}/*`, redis))
  running = request(start, { token, body: {} })
  await expect.poll(() => redis.mock.calls.length).toBeGreaterThan(0)
})

it('cuts the requests of that start, so that this test sees none', async () => {
  answerRedis()
  expect((await running).status).toBeGreaterThanOrEqual(500)
  expect(gateway.salesforceCalls()).toEqual([])
  expect(await keysOf(gateway)).toEqual([])
})
