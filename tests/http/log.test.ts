import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway()

/** Parses each line of the log. */
const log = () => gateway.logLines.map((line) => JSON.parse(line))

describe('the log', () => {
  it('has exactly one line of JSON for each request, whether it succeeds or fails', async () => {
    const { token } = await signInAsGuest()
    await request(start, { token, body: {} })
    await request(start, { body: {} })
    await request(start, { method: 'PUT' })
    await request(start, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } })
    await request(end, { token, body: 'not json' })
    await request(auth, { method: 'DELETE', token })
    expect(log().map(({ endpoint, method, status }) => `${method} ${endpoint} ${status}`)).toEqual([
      'POST auth 200',
      'POST start 201',
      'POST start 401',
      'PUT start 405',
      'OPTIONS start 204',
      'POST end 400',
      'DELETE auth 204',
    ])
    for (const line of log()) {
      expect(line).toMatchObject({
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        requestId: expect.any(String),
        ms: expect.any(Number),
        redis: { ms: expect.any(Number), requests: expect.any(Number) },
        salesforce: { ms: expect.any(Number), requests: expect.any(Number) },
      })
    }
    expect(log()[2]).toMatchObject({ level: 'info', code: 'unauthenticated' })
  })

  it('contains no token, text, attribute or address', async () => {
    const visitor = await startConversation({ routingAttributes: { topic: 'my-private-topic' } })
    await visitor.send('my private text')
    await visitor.poll()
    await visitor.send('')
    await request(auth, {
      body: { refreshToken: visitor.refreshToken },
      remoteAddress: '203.0.113.77',
      headers: { 'x-forwarded-for': '203.0.113.78', 'user-agent': 'my-private-browser' },
    })
    await visitor.end()
    const all = gateway.logLines.join('\n')
    const [, claims = '', signature = ''] = visitor.token.split('.')
    const secrets = [visitor.refreshToken, claims, signature, 'private', '203.0.113', '192.0.2']
    for (const secret of secrets) expect(all).not.toContain(secret)
  })

  it('names every invalid variable at once, and the answer names none', async () => {
    const { token } = await signInAsGuest()
    gateway.setEnv({ SALESFORCE_ORG_ID: 'nope-7', SESSION_SECRET: '', ALLOW_ANONYMOUS: 'perhaps' })
    gateway.logLines.length = 0
    const answer = await request(start, { token, body: {} })
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', retryable: true } })
    expect(JSON.stringify(answer.body)).not.toMatch(/SALESFORCE|SESSION|ANONYMOUS|nope/)
    expect(log()).toEqual([expect.objectContaining({ level: 'error', status: 500 })])
    for (const name of ['SALESFORCE_ORG_ID', 'SESSION_SECRET is missing', 'ALLOW_ANONYMOUS']) {
      expect(gateway.logLines[0]).toContain(name)
    }
    expect(gateway.logLines[0]).not.toMatch(/nope|perhaps/)
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('names the file of a bug and repeats no stored value', async () => {
    const visitor = await startConversation()
    const record = `local:visitor:{${visitor.user.id}}`
    await gateway.redisBackend.execute(['HSET', record, 'attributes', '{"id":["a-stored-value"]}'])
    const before = gateway.salesforceCalls()
    const answer = await visitor.start()
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal', retryable: true } })
    const members = ['code', 'requestId', 'retryable', 'status', 'title', 'type']
    expect(Object.keys(answer.body).sort()).toEqual(members)
    expect(log().at(-1)).toMatchObject({ level: 'error', code: 'internal' })
    expect(log().at(-1).error.stack.join()).toContain('lib/store/record.ts')
    expect(gateway.logLines.at(-1)).not.toContain('stored-value')
    expect(gateway.salesforceCalls()).toEqual(before)
  })
})

it('a conversation whose stored record cannot be read counts as not found', async () => {
  const visitor = await startConversation()
  const record = `local:visitor:{${visitor.user.id}}`
  const field = `c:${visitor.conversationId}`
  await gateway.redisBackend.execute(['HSET', record, field, '{"id":"of an earlier release"}'])
  expect((await visitor.end()).body.code).toBe('conversation_not_found')
  expect((await visitor.start()).status).toBe(201)
})
