/** Tests answers to a pre-chat form of each session that are sent along with a message. */
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import send from '../../api/send.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const form = {
  formType: 'PreChat',
  displayContext: 'Session' as const,
  formFields: [{ name: 'Topic', order: 1, type: 'Text', required: true, isHidden: false }],
}
const gateway = setupGateway({ salesforce: { forms: [form] } })

it('send opens a new session with the answers of its request instead of those of the start', async () => {
  const visitor = await startConversation({ routingAttributes: { Topic: 'Old' } })
  const { conversationId, token } = visitor
  gateway.salesforce.endSession(conversationId, 'Agent')
  const body = { conversationId, text: 'Hello again', routingAttributes: { Topic: 'New' } }
  expect((await request(send, { token, body })).status).toBe(202)
  expect(gateway.salesforce.exchanges.at(-1)?.requestBody).toMatchObject({
    isNewMessagingSession: true,
    routingAttributes: { Topic: 'New' },
  })
})

it('send returns 400 for an answer that is not in CALLER_ATTRIBUTES, and sends nothing', async () => {
  gateway.setEnv({ CALLER_ATTRIBUTES: 'Topic' })
  const visitor = await startConversation({ routingAttributes: { Topic: 'Old' } })
  const { conversationId, token } = visitor
  const body = { conversationId, text: 'Hello', routingAttributes: { Vip: 'yes' } }
  const { status, body: problem } = await request(send, { token, body })
  expect([status, problem.code]).toEqual([400, 'invalid_request'])
  expect(problem.errors).toMatchObject([{ path: 'routingAttributes.Vip' }])
  expect(gateway.salesforceCalls()).not.toContain('sendMessage 202')
})

it('send returns 400 for a blank answer and delivers nothing, and accepts the corrected message', async () => {
  const visitor = await startConversation({ routingAttributes: { Topic: 'Old' } })
  const { conversationId, token } = visitor
  gateway.salesforce.endSession(conversationId, 'Agent')
  const message = { conversationId, id: randomUUID(), text: 'Hello again' }
  const blank = { ...message, routingAttributes: { Topic: ' ' } }
  const bad = await request(send, { token, body: blank })
  expect([bad.status, bad.body.code]).toEqual([400, 'invalid_request'])
  expect(bad.body.errors).toEqual([{ path: 'routingAttributes.Topic', message: 'is required' }])
  expect(gateway.salesforceCalls()).not.toContain('sendMessage 202')
  const good = await request(send, {
    token,
    body: { ...message, routingAttributes: { Topic: 'New' } },
  })
  expect([good.status, good.body.duplicate]).toEqual([202, false])
})
