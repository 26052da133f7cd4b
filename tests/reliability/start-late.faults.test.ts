import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { limits } from './calls.js'
import { createMidCallFaults } from './mid-call-faults.js'

const gateway = setupGateway({
  env: { LIMITS: limits, REDIS_TIMEOUT_MS: '800', REQUEST_DEADLINE_MS: '8000' },
})
const midCallFaults = createMidCallFaults(gateway)
beforeEach(() => gateway.network.use(midCallFaults.handler))

/** Somebody new, with an id for the conversation they want. */
async function stranger() {
  const { token } = await signInAsGuest()
  const conversationId = randomUUID()
  return {
    begin: () => request(start, { token, body: { conversationId } }),
    say: () => request(send, { token, body: { conversationId, text: 'Hello' } }),
  }
}

it('a start that was repeated outlasts what its first attempt takes back late', async () => {
  const requests = await midCallFaults.count((await stranger()).begin)
  const cases = Array.from({ length: requests - 2 }, (_each, index) => index + 2)
  const outcomes = await Promise.all(
    cases.map(async (nth) => {
      const visitor = await stranger()
      const { late } = await midCallFaults.withFault('late', [nth, nth + 1], visitor.begin)
      const again = await visitor.begin()
      for (const work of late) await work()
      const sent = await visitor.say()
      return [nth, again.status < 300, sent.status]
    }),
  )
  expect(outcomes).toEqual(cases.map((nth) => [nth, true, 202]))
})
