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

/** Signs in a new guest, who chooses an id for the conversation. */
async function signInWithId() {
  const { token } = await signInAsGuest()
  const conversationId = randomUUID()
  return {
    start: () => request(start, { token, body: { conversationId } }),
    send: () => request(send, { token, body: { conversationId, text: 'Hello' } }),
  }
}

it('a repeated start keeps its conversation when the first attempt’s undo arrives late', async () => {
  const requests = await midCallFaults.count((await signInWithId()).start)
  const cases = Array.from({ length: requests - 2 }, (_each, index) => index + 2)
  const outcomes = await Promise.all(
    cases.map(async (nth) => {
      const visitor = await signInWithId()
      const { late } = await midCallFaults.withFault('late', [nth, nth + 1], visitor.start)
      const again = await visitor.start()
      for (const work of late) await work()
      const sent = await visitor.send()
      return [nth, again.status < 300, sent.status]
    }),
  )
  expect(outcomes).toEqual(cases.map((nth) => [nth, true, 202]))
})
