/** Tests how often a call of send tries, what it waits for, and what it leaves in the send log. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  messagesSentToSalesforce,
  noLimits,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway({
  env: { ...noLimits, SEND_SETTLE_MS: '20' },
  salesforce: { switches: { storesDuplicates: true } },
})
simulateEachTest()

/** A look that finds nothing is repeated after so long, in milliseconds; then the message is absent. */
const settledMs = 250

/** Opens a conversation, and makes Salesforce fail on every message from then on. */
async function startFailing(deadlineMs: number) {
  const conversation = await startConversation()
  await conversation.send('Warm')
  gateway.setEnv({ REQUEST_DEADLINE_MS: String(deadlineMs) })
  gateway.salesforce.fail({ operation: 'sendMessage', times: 50, what: { status: 503 } })
  const sentBefore = messagesSentToSalesforce(gateway).length
  const tries = () => messagesSentToSalesforce(gateway).length - sentBefore
  return { ...conversation, tries }
}

describe('a message that Salesforce fails on', () => {
  it('is tried three times, after pauses of 200 and 400 ms', async () => {
    const { send, tries } = await startFailing(8000)
    const startedAt = Date.now()
    expectProblem(await send('Hello'), 503, 'upstream_unavailable')
    expect(tries()).toBe(3)
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(3 * settledMs + 200 + 400)
  })

  it.each([
    [600, 1],
    [1000, 2],
  ])(
    'is tried again only where the time is enough to settle it: in %i ms %i times',
    async (...row) => {
      const [deadlineMs, expected] = row
      const { send, tries } = await startFailing(deadlineMs)
      expectProblem(await send('Hello'), 503, 'upstream_unavailable')
      expect(tries()).toBe(expected)
    },
  )
})

it('a message that arrived is not sent again while the list cannot be read', async () => {
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  gateway.setEnv({ REQUEST_DEADLINE_MS: '3000' })
  gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
  const what = { status: 503 }
  gateway.salesforce.fail({ operation: 'listConversationEntries', times: 99, what })
  expectProblem(await send('Once', id), 503, 'upstream_unavailable')
  gateway.salesforce.clearFaults()
  expect(await send('Once', id)).toMatchObject({ status: 202, body: { duplicate: true } })
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

it('a call that waits for another sends the message itself when that was refused', async () => {
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 400 } })
  const answers = await Promise.all([send('Once', id), send('Once', id)])
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 502])
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

describe('the send log', () => {
  const logged = (id: string) => keysOf(gateway, `*:send:*:${id}`)

  it('holds nothing of a message to a conversation that has ended', async () => {
    const { send, end } = await startConversation()
    await send('Warm')
    await end()
    const id = randomUUID()
    expectProblem(await send('Too late', id), 410, 'conversation_ended')
    expect(await logged(id)).toEqual([])
  })

  it('holds nothing of a message to a conversation of another visitor, whose id stays free', async () => {
    const { send: sendOwn, conversationId } = await startConversation()
    const { token, send: sendFirst } = await startConversation()
    await sendFirst('Warm')
    const id = randomUUID()
    const body = { conversationId, id, text: 'Mine?' }
    const answer = await expectNoSalesforceCalls(gateway, () => request(send, { token, body }))
    expectProblem(answer, 404, 'conversation_not_found')
    expect(await logged(id)).toEqual([])
    expect((await sendOwn('Mine', id)).status).toBe(202)
  })

  it('holds an unclear attempt as it was when the answer to its takeover is lost', async () => {
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    gateway.setEnv({ REQUEST_DEADLINE_MS: '500' })
    gateway.salesforce.fail({ operation: '*', times: 50, what: { status: 503 } })
    expectProblem(await send('Nobody knows', id), 503, 'upstream_unavailable')
    gateway.salesforce.clearFaults()
    gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ what: 'lose' })
    const lost = await expectNoSalesforceCalls(gateway, () => send('Nobody knows', id))
    expectProblem(lost, 503, 'store_unavailable')
    const startedAt = Date.now()
    expect((await send('Nobody knows', id)).status).toBe(202)
    expect(Date.now() - startedAt).toBe(0)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })
})
