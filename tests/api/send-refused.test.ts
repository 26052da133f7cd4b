/** Tests what a caller learns when Salesforce refuses with 403 what a visitor sends. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import upload from '../../api/upload.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  noLimits,
  noSalesforceLimits,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { createFile, createForm } from '../support/uploads.js'

const gateway = setupGateway({
  env: { ...noLimits, SEND_SETTLE_MS: '0' },
  salesforce: {
    attachments: { endUserToAgent: true, maxFileSize: 5 },
    switches: { limits: noSalesforceLimits },
  },
})
simulateEachTest()

const question = '1795000000000-REQ-1'
const choice = {
  messageType: 'ChoiceResponseMessage',
  inReplyToMessageId: question,
  selections: [{ itemId: 'a', title: 'A' }],
}
const form = {
  messageType: 'FormResponseMessage',
  inReplyToMessageId: question,
  values: [{ inputId: 'a', type: 'text', label: 'A', value: 'b' }],
}

type Message = [name: string, body: object | null, operation: FaultInput['operation']]
const messages: Message[] = [
  ['a text', { text: 'Hello' }, 'sendMessage'],
  ['a choice', choice, 'sendMessage'],
  ['a form', form, 'sendMessage'],
  ['a file', null, 'sendFile'],
]

async function visitorOf(body: object | null) {
  const visitor = await startConversation()
  const { token, conversationId } = visitor
  return {
    ...visitor,
    say: (id: string = randomUUID()) =>
      body
        ? request(send, { token, body: { conversationId, id, ...body } })
        : request(upload, { token, form: createForm({ conversationId, id, file: createFile() }) }),
    /** Closes the conversation as another tab of the visitor would, unseen by this gateway. */
    async closeElsewhere() {
      // The last exchange of all may be a late one of the test before.
      const ours = gateway.salesforce.exchanges.filter((each) =>
        JSON.stringify(each).includes(conversationId),
      )
      const { authorization } = ours.at(-1) ?? {}
      const query = 'esDeveloperName=Harbor_Custom_Client'
      const url = `https://harbor.my.salesforce-scrt.com/iamessage/api/v2/conversation/${conversationId}?${query}`
      const headers = { authorization: String(authorization) }
      expect((await fetch(url, { method: 'DELETE', headers })).ok).toBe(true)
    },
  }
}

const looks = ['listConversations', 'retrieveConversationRoutingStatus', 'listConversationEntries']

describe.each(messages)('%s that Salesforce refuses with 403', (_, body, operation) => {
  const refuse = (times = 1) =>
    gateway.salesforce.fail({ operation, times, what: { status: 403, body: 'Secret words' } })

  it('is 410 conversation_ended when the conversation was closed elsewhere', async () => {
    const { say, closeElsewhere, start, poll } = await visitorOf(body)
    await closeElsewhere()
    expectProblem(await say(), 410, 'conversation_ended')
    expectProblem(await expectNoSalesforceCalls(gateway, () => say()), 410, 'conversation_ended')
    expect((await poll()).body.conversation.status).toBe('ended')
    expect((await start()).status).toBe(201)
  })

  it('is 410 conversation_ended by a borrowed look when the budget of looks is used up', async () => {
    gateway.setEnv({ LIMITS: '{"list":[4,"1 m"]}' })
    const { say, closeElsewhere, poll } = await visitorOf(body)
    await poll()
    await closeElsewhere()
    expectProblem(await say(), 410, 'conversation_ended')
  })

  it('opens a new session when the session is over, and arrives once', async () => {
    const { say, conversationId } = await visitorOf(body)
    gateway.salesforce.endSession(conversationId, 'Agent')
    refuse()
    const id = randomUUID()
    expect(await say(id)).toMatchObject({ status: 202, body: { id, duplicate: false } })
    const sent = gateway.salesforce.exchanges.filter((each) => each.operationId === operation)
    expect(JSON.stringify(sent.at(-1)?.requestBody)).toContain('isNewMessagingSession')
    expect(await say(id)).toMatchObject({ status: 202, body: { id, duplicate: true } })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('is 502 upstream_rejected in an open conversation, which goes on under the same id', async () => {
    const { say, conversationId } = await visitorOf(body)
    const id = randomUUID()
    refuse()
    const answer = await say(id)
    expectProblem(answer, 502, 'upstream_rejected')
    expect(answer.body.retryable).toBe(false)
    expect(JSON.stringify(answer.body)).not.toContain('Secret words')
    expect(gateway.logLines.at(-1)).toContain('refused with 403')
    expect(await say(id)).toMatchObject({ status: 202, body: { duplicate: false } })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('is 502 upstream_rejected when the new session is refused as well', async () => {
    const { say, conversationId } = await visitorOf(body)
    gateway.salesforce.endSession(conversationId, 'Agent')
    refuse(2)
    expectProblem(await say(), 502, 'upstream_rejected')
    expect((await say()).status).toBe(202)
  })

  it.each(looks)('is 410 conversation_lost when %s is refused, too', async (look) => {
    const { say, start, conversationId } = await visitorOf(body)
    refuse()
    gateway.salesforce.fail({
      operation: look as FaultInput['operation'],
      times: 9,
      what: { status: 403 },
    })
    expectProblem(await say(), 410, 'conversation_lost')
    gateway.salesforce.clearFaults()
    const started = await start()
    expect(started.status).toBe(201)
    expect(started.body.conversationId).not.toBe(conversationId)
  })

  it('is 410 conversation_lost when Salesforce lists no such conversation', async () => {
    const { say } = await visitorOf(body)
    refuse()
    const what = { status: 200, body: { conversations: [] } }
    gateway.salesforce.fail({ operation: 'listConversations', what })
    expectProblem(await say(), 410, 'conversation_lost')
  })

  it.each(looks)('is 503 when %s fails, and the repeat arrives once', async (look) => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
    const { say, conversationId } = await visitorOf(body)
    const id = randomUUID()
    refuse()
    gateway.salesforce.fail({
      operation: look as FaultInput['operation'],
      times: 9,
      what: { status: 500 },
    })
    const answer = await say(id)
    expectProblem(answer, 503, 'upstream_unavailable')
    expect(answer.body.retryable).toBe(true)
    gateway.salesforce.clearFaults()
    gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
    expect(await say(id)).toMatchObject({ status: 202, body: { duplicate: false } })
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })
})

const signals = [
  [{ messageType: 'TypingIndicator', typing: true }, 'addTypingIndicator'],
  [{ messageType: 'ReadReceipt', messageIds: [question] }, 'acknowledgeEntries'],
] as const

describe.each(signals)('the signal %j that Salesforce refuses with 403', (body, operation) => {
  const refuse = () => gateway.salesforce.fail({ operation, what: { status: 403 } })

  it('is 410 conversation_ended when the conversation was closed elsewhere', async () => {
    const { say, closeElsewhere } = await visitorOf(body)
    await closeElsewhere()
    expectProblem(await say(), 410, 'conversation_ended')
  })

  it('is 409 unsupported when the session is over, and opens none', async () => {
    const { say, conversationId } = await visitorOf(body)
    gateway.salesforce.endSession(conversationId, 'Agent')
    refuse()
    expectProblem(await say(), 409, 'unsupported')
    expect(gateway.salesforceCalls()).not.toContain('sendMessage 202')
  })

  it('is 502 upstream_rejected in an open conversation, which goes on', async () => {
    const { say, send } = await visitorOf(body)
    refuse()
    expectProblem(await say(), 502, 'upstream_rejected')
    expect((await send('Still here')).status).toBe(202)
  })

  it('is 503 upstream_unavailable when the look fails', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
    const { say } = await visitorOf(body)
    refuse()
    gateway.salesforce.fail({ operation: '*', times: 30, what: { status: 503 } })
    const answer = await say()
    expectProblem(answer, 503, 'upstream_unavailable')
    expect(answer.body.retryable).toBe(true)
  })
})
