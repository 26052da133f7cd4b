import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectProblem, messagesSentToSalesforce, timesStored } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: { SEND_SETTLE_MS: '0' } })
simulateEachTest()

describe('send after a success of Salesforce', () => {
  it('returns 202 when the success names the message by another id, and sends once', async () => {
    const { send } = await startConversation()
    const entry = { id: randomUUID(), clientTimestamp: Date.now() }
    const body = JSON.stringify({ conversationEntries: [entry] })
    gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 202, body } })
    expect((await send('Elsewhere')).status).toBe(202)
    expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
  })

  it.each(['html', 'nonsense', 'empty'] as const)(
    'with a body of %s is a retryable 503 when the message is not listed, and sends once',
    async (what) => {
      const { send, conversationId } = await startConversation()
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', what })
      const first = await send('Perhaps', id)
      expectProblem(first, 503, 'upstream_unavailable')
      expect(first.body).toMatchObject({ retryable: true, retryAfterMs: 1000 })
      expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
      expect((await send('Perhaps', id)).status).toBe(202)
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    },
  )

  it('is a retryable 503 when message and list are both answered by nonsense', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '1000' })
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'nonsense' })
    gateway.salesforce.fail({
      operation: 'listConversationEntries',
      times: 50,
      what: 'nonsense',
    })
    const first = await send('Unclear', id)
    expectProblem(first, 503, 'upstream_unavailable')
    expect(first.body.retryable).toBe(true)
    gateway.salesforce.clearFaults()
    const second = await send('Unclear', id)
    expect([second.status, second.body.duplicate]).toEqual([202, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })
})
