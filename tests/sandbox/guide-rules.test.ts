import { describe, expect, test } from 'vitest'
import { createSalesforce } from '../../sandbox/salesforce/index.js'
import { requestViolations } from '../../sandbox/salesforce/openapi.js'
import {
  api,
  callSalesforce,
  choiceOf,
  createGuide,
  startConversation,
  textOf,
} from './guide-visitor.js'
import { setupSalesforce } from './salesforce-setup.js'

const salesforce = setupSalesforce(createGuide())
const { message } = textOf('hello')
const start = { esDeveloperName: 'Harbor_Custom_Client' }

describe('a dialect', () => {
  test.each([
    ['POST', `${api}/authorization/unauthenticated/access-token`],
    ['GET', `${api}/conversation/list`],
    ['GET', `${api}/conversation/conv_1/entries`],
    ['DELETE', `${api}/conversation/conv_1`],
    ['GET', '/eventrouter/v1/sse'],
  ])('does not know the calls of Enhanced Chat: %s %s', async (method, path) => {
    expect((await callSalesforce(salesforce, method, path)).status).toBe(404)
  })

  test.each([
    ['POST', '/services/oauth2/token'],
    ['POST', `${api}/authorization`],
    ['GET', `${api}/conversation/conv_1/messages`],
    ['POST', `${api}/conversation/conv_1/end`],
  ])('is not known to Enhanced Chat: %s %s', async (method, path) => {
    expect((await callSalesforce(createSalesforce(), method, path)).status).toBe(404)
  })
})

describe('a conversation', () => {
  test('has an id of the server, and keeps the attributes of its start', async () => {
    const options = {
      routingAttributes: { customerName: 'Ada' },
      contextParameters: { caseReason: 'Billing' },
    }
    const { conversationId } = await startConversation(salesforce, options)
    expect(conversationId).toMatch(/^conv_[0-9a-f]{24}$/)
    expect(salesforce.conversation(conversationId)).toMatchObject(options)
  })

  test('that is ended takes no message and can still be read; ending twice is ending once', async () => {
    const visitor = await startConversation(salesforce)
    expect((await visitor.end()).status).toBe(204)
    const length = salesforce.conversation(visitor.conversationId).entryLog.length
    expect((await visitor.end()).status).toBe(204)
    expect(salesforce.conversation(visitor.conversationId).entryLog).toHaveLength(length)
    expect((await visitor.post(textOf('hello?'))).status).toBe(403)
    expect(await visitor.timeline()).toHaveLength(1)
  })

  test('goes on in a new session when the bot has ended the first', async () => {
    const visitor = await startConversation(salesforce)
    await visitor.say('bye')
    await visitor.say('one more thing')
    expect((await visitor.timeline()).at(-1)).toMatch(/You said “one more thing”/)
  })

  test('is counted for each visitor', async () => {
    salesforce.switches.limits.conversationsPer30Seconds = 1
    const { token } = await startConversation(salesforce)
    const asked = { token, body: start }
    expect((await callSalesforce(salesforce, 'POST', `${api}/conversation`, asked)).status).toBe(
      429,
    )
    await startConversation(salesforce)
  })

  test('counts its messages', async () => {
    salesforce.switches.limits.messagesPerMinute = 1
    const visitor = await startConversation(salesforce)
    await visitor.say('one')
    expect((await visitor.post(textOf('two'))).status).toBe(429)
  })
})

describe('a request', () => {
  test.each<[string, string, unknown]>([
    ['an id for the message', '/message', { message: { ...message, id: 'mine' } }],
    ['a deployment', '/message', { message, esDeveloperName: 'Harbor_Custom_Client' }],
    [
      'more of a text',
      '/message',
      { message: { ...message, staticContent: { ...message.staticContent, size: 1 } } },
    ],
    ['a body at the end', '/end', {}],
  ])('with %s is refused when strict', async (_what, path, body) => {
    const visitor = await startConversation(salesforce)
    const asked = { token: visitor.token, body }
    const answer = await callSalesforce(salesforce, 'POST', `${visitor.path}${path}`, asked)
    expect(answer.status).toBe(400)
    expect(salesforce.exchanges.flatMap(requestViolations)).toHaveLength(1)
  })

  test('with unknown fields is taken without them when not strict, and is still a violation', async () => {
    salesforce.switches.strict = false
    const visitor = await startConversation(salesforce, { conversationId: 'mine', language: 'de' })
    expect(visitor.conversationId).not.toBe('mine')
    expect((await visitor.post({ message: { ...message, id: 'mine' } })).status).toBe(200)
    expect(salesforce.exchanges.flatMap(requestViolations)).toHaveLength(2)
  })

  test.each<[string, unknown]>([
    ['an empty text', textOf('')],
    ['no text', { message: { messageType: 'StaticContentMessage' } }],
    [
      'a choice without a title',
      {
        message: {
          ...choiceOf({ itemId: '1', title: '' }).message,
          quickReplySelection: { itemId: '1' },
        },
      },
    ],
    ['a message of another type', { message: { messageType: 'FormResponseMessage' } }],
    ['no JSON', 'hello'],
  ])('with %s is refused, strict or not', async (_what, body) => {
    const visitor = await startConversation(salesforce)
    for (const strict of [true, false]) {
      salesforce.switches.strict = strict
      expect((await visitor.post(body)).status).toBe(400)
    }
  })

  test.each([
    ['another deployment', { esDeveloperName: 'Nobody' }],
    ['an attribute that is no text', { ...start, routingAttributes: { age: 7 } }],
    ['an id of ours', { ...start, conversationId: 'mine' }],
  ])('for a conversation with %s is refused', async (_what, body) => {
    const { token } = await startConversation(salesforce)
    const answer = await callSalesforce(salesforce, 'POST', `${api}/conversation`, { token, body })
    expect(answer.status).toBe(400)
  })

  test('must say that it is JSON', async () => {
    const { token, path } = await startConversation(salesforce)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const asked = { token, body: textOf('hello'), headers: { 'content-type': type } }
      expect((await callSalesforce(salesforce, 'POST', `${path}/message`, asked)).status).toBe(415)
    }
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const asked = { token, body: textOf('hello'), headers }
    expect((await callSalesforce(salesforce, 'POST', `${path}/message`, asked)).status).toBe(200)
  })

  test('may ask for nothing but what comes after', async () => {
    const { token, path } = await startConversation(salesforce)
    const answer = await callSalesforce(salesforce, 'GET', `${path}/messages?limit=5`, { token })
    expect(answer.status).toBe(400)
    expect(salesforce.exchanges.flatMap(requestViolations)).toHaveLength(1)
  })

  test('without a token is refused', async () => {
    const { path } = await startConversation(salesforce)
    expect((await callSalesforce(salesforce, 'GET', `${path}/messages`)).status).toBe(401)
    expect((await callSalesforce(salesforce, 'POST', `${path}/end`)).status).toBe(401)
    expect(
      (await callSalesforce(salesforce, 'POST', `${api}/conversation`, { body: start })).status,
    ).toBe(401)
  })
})

describe('trouble', () => {
  test('comes to the operation that it is for, before or after the effect', async () => {
    const visitor = await startConversation(salesforce)
    salesforce.fail({ operation: 'postMessage', what: { status: 503 } })
    salesforce.fail({ operation: 'postMessage', when: 'after', what: { status: 500 } })
    expect((await visitor.post(textOf('lost'))).status).toBe(503)
    expect((await visitor.post(textOf('kept'))).status).toBe(500)
    const timeline = await visitor.timeline()
    expect(timeline).not.toContain('EndUser: lost')
    expect(timeline).toContain('EndUser: kept')
    expect(
      salesforce.exchanges.map(({ operationId, status }) => `${operationId} ${status}`),
    ).toEqual([
      'exchangeAssertion 200',
      'authorize 200',
      'startConversation 200',
      'postMessage 503',
      'postMessage 500',
      'listMessages 200',
    ])
    expect(salesforce.exchanges.flatMap(requestViolations)).toEqual([])
  })

  test('is made at the sandbox’s own endpoints, as for Enhanced Chat', async () => {
    const visitor = await startConversation(salesforce)
    const control = (path: string, body: unknown, method = 'POST') =>
      salesforce.handleControl(
        new Request(`https://x.example/__sandbox${path}`, { method, body: JSON.stringify(body) }),
      )
    await control('/switches', { contextUrl: 'elsewhere.example', afterRepeats: 3 }, 'PATCH')
    expect(salesforce.switches).toMatchObject({ contextUrl: 'elsewhere.example', afterRepeats: 3 })
    await control('/faults', { operation: 'endConversation', what: { status: 502 } })
    expect((await visitor.end()).status).toBe(502)
    await control(`/conversations/${visitor.conversationId}/agent-joins`, {})
    expect(await visitor.timeline()).toContain('Agent: Hello, this is Dana. How can I help you?')
  })
})
