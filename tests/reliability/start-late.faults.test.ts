import { randomUUID } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { limits } from './calls.js'
import { createMidCallFaults } from './mid-call-faults.js'

const gateway = setupGateway({
  env: { LIMITS: limits, REDIS_TIMEOUT_MS: '800', REQUEST_DEADLINE_MS: '8000' },
})
simulateEachTest()
const midCallFaults = createMidCallFaults(gateway)
beforeEach(() => gateway.network.use(midCallFaults.handler))

/** Signs in a new guest, who chooses an id for the conversation. */
async function signInWithId() {
  const { token } = await signInAsGuest()
  const conversationId = randomUUID()
  return {
    isOpened: () =>
      gateway.salesforce.exchanges.some(
        ({ operationId, requestBody }) =>
          operationId === 'createConversation' &&
          JSON.stringify(requestBody).includes(conversationId),
      ),
    start: () => request(start, { token, body: { conversationId } }),
    send: () => request(send, { token, body: { conversationId, text: 'Hello' } }),
  }
}

it('a repeated start keeps its conversation when the first attempt’s undo arrives late', async () => {
  const requests = await midCallFaults.count((await signInWithId()).start)
  const cases = Array.from({ length: requests - 1 }, (_each, index) => index + 1)
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

it('start returns 201 for a conversation that Salesforce opened, whichever request to the store fails once', async () => {
  const requests = await midCallFaults.count((await signInWithId()).start)
  const cases = Array.from({ length: requests }, (_each, index) => index + 1)
  const outcomes = await Promise.all(
    cases.map(async (nth) => {
      const visitor = await signInWithId()
      const { answer } = await midCallFaults.withFault('drop', [nth, nth], visitor.start)
      return { nth, isOpened: visitor.isOpened(), status: answer.status }
    }),
  )
  const opened = outcomes.filter(({ isOpened }) => isOpened)
  expect(opened.length, 'requests after the opening').toBeGreaterThan(0)
  expect(opened.filter(({ status }) => status !== 201)).toEqual([])
})

it('start waits for a store that stops answering once, not once for each of its requests', async () => {
  const requests = await midCallFaults.count((await signInWithId()).start)
  for (let nth = 1; nth <= requests; nth++) {
    const { start: hangingStart } = await signInWithId()
    const range = [nth, Number.POSITIVE_INFINITY] as const
    const { waits } = await midCallFaults.withFault('hang', range, hangingStart)
    expect({ nth, waits }).toEqual({ nth, waits: 1 })
  }
})
