/** Tests that a conversation whose opening was not confirmed is served by no endpoint but start. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { conversationCalls } from './authenticated-calls.js'

const gateway = setupGateway({ env: noLimits })

const calls = Object.entries(conversationCalls).filter(([name]) => name !== 'POST /api/start')

/** Starts a conversation that Salesforce opens, but whose response is lost. */
async function startUnconfirmed() {
  const { token } = await signInAsGuest()
  const conversationId = randomUUID()
  gateway.salesforce.fail({
    operation: 'createConversation',
    when: 'after',
    what: { status: 503, headers: { 'retry-after': '60' } },
  })
  const { status } = await request(start, { token, body: { conversationId } })
  expect(status).toBe(503)
  return { token, conversationId }
}

it.each(calls)(
  '%s returns 404 for a conversation that is still starting, without a Salesforce call, and serves it after the next start',
  async (_, call) => {
    const { token, conversationId } = await startUnconfirmed()
    const refused = await expectNoSalesforceCalls(gateway, () => call(conversationId, { token }))
    expectProblem(refused, 404, 'conversation_not_found')
    expect((await request(start, { token, body: { conversationId } })).status).toBe(201)
    expect((await call(conversationId, { token })).status).not.toBe(404)
  },
)
