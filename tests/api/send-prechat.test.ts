/** Answers to a pre-chat that is asked for each session, sent along with a message. */
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

it('opens a new session with the answers sent along instead of those of the start', async () => {
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

it('lets answers set only what callers may set', async () => {
  gateway.setEnv({ CALLER_ATTRIBUTES: 'Topic' })
  const visitor = await startConversation({ routingAttributes: { Topic: 'Old' } })
  const { conversationId, token } = visitor
  const body = { conversationId, text: 'Hello', routingAttributes: { Vip: 'yes' } }
  const { status, body: problem } = await request(send, { token, body })
  expect([status, problem.code]).toEqual([400, 'invalid_request'])
  expect(problem.errors).toMatchObject([{ path: 'routingAttributes.Vip' }])
  expect(gateway.salesforceCalls()).not.toContain('sendMessage 202')
})

it('names the answer that is wrong before Salesforce hears of it, and takes the same message with a good one', async () => {
  const visitor = await startConversation({ routingAttributes: { Topic: 'Old' } })
  const { conversationId, token } = visitor
  gateway.salesforce.endSession(conversationId, 'Agent')
  const message = { conversationId, id: randomUUID(), text: 'Hello again' }
  const bad = await request(send, {
    token,
    body: { ...message, routingAttributes: { Topic: ' ' } },
  })
  expect([bad.status, bad.body.code]).toEqual([400, 'invalid_request'])
  expect(bad.body.errors).toEqual([{ path: 'routingAttributes.Topic', message: 'is required' }])
  const good = await request(send, {
    token,
    body: { ...message, routingAttributes: { Topic: 'New' } },
  })
  expect([good.status, good.body.duplicate]).toEqual([202, false])
})
