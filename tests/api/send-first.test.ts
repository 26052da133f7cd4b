/** Tests which first messages carry the attributes of the start again (`FIRST_MESSAGE_ATTRIBUTES`). */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import upload from '../../api/upload.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  expectProblem,
  messagesSentToSalesforce,
  noLimits,
  timesStored,
} from '../support/sending.js'
import { createFile, createForm } from '../support/uploads.js'

const routingAttributes = { _email: 'mina@example.org' }
const formFields = [{ name: '_email', order: 1, type: 'Email', required: true, maxLength: 80 }]
const formPer = (displayContext: 'Session' | 'Conversation') => ({
  forms: [{ formType: 'PreChat', displayContext, formFields }],
  attachments: { endUserToAgent: true, maxFileSize: 5 },
})
const flagged = { isNewMessagingSession: true, routingAttributes, language: 'de' }

const start = () => startConversation({ routingAttributes, language: 'de' })

/** Returns which of the messages sent so far carried the flag. */
const flagsSent = (gateway: ReturnType<typeof setupGateway>) =>
  messagesSentToSalesforce(gateway).map((body) => 'isNewMessagingSession' in Object(body))

describe('where the form is asked for each session', () => {
  const gateway = setupGateway({
    salesforce: formPer('Session'),
    env: { ...noLimits, SEND_SETTLE_MS: '0' },
  })

  it('the first message carries the attributes, and the second one does not', async () => {
    const { send } = await start()
    for (const text of ['One', 'Two', 'Three']) expect((await send(text)).status).toBe(202)
    const [first, ...others] = messagesSentToSalesforce(gateway)
    expect(first).toMatchObject(flagged)
    for (const other of others) expect(Object.keys(Object(other))).not.toContain('language')
    expect(flagsSent(gateway)).toEqual([true, false, false])
  })

  const inReplyToMessageId = '1795000000000-REQ-1'
  it.each([
    [
      {
        messageType: 'ChoiceResponseMessage',
        inReplyToMessageId,
        selections: [{ itemId: 'a', title: 'A' }],
      },
    ],
    [
      {
        messageType: 'FormResponseMessage',
        inReplyToMessageId,
        values: [{ inputId: 'a', type: 'text', label: 'A', value: 'b' }],
      },
    ],
  ])('it may be an answer: %j', async (body) => {
    const { token, conversationId, ...visitor } = await start()
    const options = { token, body: { conversationId, ...body } }
    expect((await request(send, options)).status).toBe(202)
    expect(messagesSentToSalesforce(gateway)).toMatchObject([flagged])
    await visitor.send('Two')
    expect(flagsSent(gateway)).toEqual([true, false])
  })

  it('it may be a file', async () => {
    const { token, conversationId, send } = await start()
    const form = createForm({ conversationId, file: createFile() })
    expect((await request(upload, { token, form })).status).toBe(202)
    const sent = gateway.salesforce.exchanges.find((each) => each.operationId === 'sendFile')
    expect(JSON.stringify(sent?.requestBody)).toContain('isNewMessagingSession')
    await send('Two')
    expect(flagsSent(gateway)).toEqual([false])
  })

  it('a signal leaves it to the first message', async () => {
    const { token, conversationId, ...visitor } = await start()
    const body = { conversationId, messageType: 'TypingIndicator', typing: true }
    expect((await request(send, { token, body })).status).toBe(202)
    await visitor.send('One')
    expect(flagsSent(gateway)).toEqual([true])
  })

  it('a message that is refused leaves it to the next one', async () => {
    const { send } = await start()
    gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 400 } })
    expectProblem(await send('One'), 502, 'upstream_rejected')
    for (const text of ['Two', 'Three']) expect((await send(text)).status).toBe(202)
    expect(flagsSent(gateway)).toEqual([true, true, false])
  })

  it.each(['before', 'after'] as const)(
    'a first message whose answer is lost %s its effect arrives once, and is the only one',
    async (when) => {
      const { send, conversationId } = await start()
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', when, what: 'drop' })
      expect((await send('One', id)).status).toBe(202)
      await send('Two')
      expect(timesStored(gateway, conversationId, id)).toBe(1)
      expect(flagsSent(gateway).at(-1)).toBe(false)
    },
  )

  it('never: no message carries them', async () => {
    gateway.setEnv({ FIRST_MESSAGE_ATTRIBUTES: 'never' })
    const { send } = await start()
    for (const text of ['One', 'Two']) await send(text)
    expect(flagsSent(gateway)).toEqual([false, false])
  })
})

describe('where the form is asked once', () => {
  const gateway = setupGateway({ salesforce: formPer('Conversation'), env: noLimits })

  it.each([
    ['auto', false],
    ['never', false],
    ['always', true],
  ])('%s: the first message carries the attributes: %s', async (choice, isFlagged) => {
    gateway.setEnv({ FIRST_MESSAGE_ATTRIBUTES: choice })
    const { send } = await start()
    for (const text of ['One', 'Two']) await send(text)
    expect(flagsSent(gateway)).toEqual([isFlagged, false])
  })
})

describe('the capabilities version of a token request', () => {
  const gateway = setupGateway()

  it.each([
    [{}, '1'],
    [{ SALESFORCE_CAPABILITIES_VERSION: '63' }, '63'],
    [{ SALESFORCE_EVENTS: 'wait' }, '66'],
  ] as [env: Record<string, string>, version: string][])(
    'with %j is %s',
    async (env, capabilitiesVersion) => {
      gateway.setEnv(env)
      await startConversation()
      expect(gateway.salesforce.exchanges[0]?.requestBody).toMatchObject({ capabilitiesVersion })
    },
  )
})
