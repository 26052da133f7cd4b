import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import end from '../../api/end.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway()
simulateEachTest()

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

describe('end', () => {
  it('closes the conversation in Salesforce and returns when', async () => {
    const visitor = await startConversation()
    const { status, headers, body } = await visitor.end()
    const { conversationId } = visitor
    expect(status).toBe(200)
    expect(body).toEqual({ conversationId, status: 'ended', endedAt: isoTime })
    expect(headers.get('ratelimit-policy')).toBe('"other";q=60;w=60')
    expect(gateway.salesforceCalls().at(-1)).toBe('closeConversation 204')
    expect(gateway.salesforce.conversation(conversationId).endTimestamp).toBeGreaterThan(0)
  })

  it('returns the same answer again and closes once', async () => {
    const visitor = await startConversation()
    const once = await visitor.end()
    const twice = await visitor.end()
    expect(twice).toMatchObject({ status: 200 })
    expect(twice.body).toEqual(once.body)
    expect((await visitor.end({ scope: 'session' })).body).toEqual(once.body)
    expect(gateway.salesforceCalls().filter((line) => line.startsWith('close'))).toHaveLength(1)
  })

  it('returns 200 to two concurrent calls', async () => {
    const visitor = await startConversation()
    const [one, other] = await Promise.all([visitor.end(), visitor.end()])
    expect([one.status, other.status]).toEqual([200, 200])
    expect([one.body.endedAt, other.body.endedAt]).toContain((await visitor.end()).body.endedAt)
  })

  it('leaves the conversation readable, and send returns 410 conversation_ended', async () => {
    const visitor = await startConversation()
    await visitor.send('Goodbye')
    await visitor.end()
    const { status, body } = await visitor.poll()
    expect(status).toBe(200)
    expect(body.conversation).toMatchObject({ status: 'ended' })
    const refused = await visitor.send('Are you there?')
    expect(refused).toMatchObject({ status: 410, body: { code: 'conversation_ended' } })
  })

  it('returns 200 when Salesforce had closed the conversation before', async () => {
    const visitor = await startConversation()
    gateway.salesforce.fail({ operation: 'closeConversation', what: { status: 403 } })
    expect(await visitor.end()).toMatchObject({ status: 200, body: { status: 'ended' } })
  })

  it('succeeds on a second call after the answer of Salesforce was lost', async () => {
    const visitor = await startConversation()
    gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
    const operation = 'closeConversation'
    gateway.salesforce.fail({ operation, when: 'after', times: 1, what: 'drop' })
    const first = await visitor.end()
    expect([200, 503]).toContain(first.status)
    expect(await visitor.end()).toMatchObject({ status: 200, body: { status: 'ended' } })
  })

  it.each([
    ['HTTP 500', { status: 500 }, 503, 'upstream_unavailable'],
    ['HTTP 429', { status: 429, headers: { 'retry-after': '7' } }, 429, 'rate_limited'],
    ['HTTP 400', { status: 400 }, 502, 'upstream_rejected'],
    ['no answer', 'hang', 504, 'upstream_timeout'],
    ['an HTML page', 'html', 502, 'upstream_rejected'],
  ] as const)(
    'returns an error and leaves the conversation open after %s: %j → %i %s',
    async (...row) => {
      const [, what, status, code] = row
      const visitor = await startConversation()
      gateway.setEnv({ REQUEST_DEADLINE_MS: '300' })
      gateway.salesforce.fail({ operation: 'closeConversation', times: 9, what })
      expect(await visitor.end()).toMatchObject({ status, body: { code } })
      gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
      expect(await visitor.start()).toMatchObject({ status: 200, body: { resumed: true } })
    },
  )
})

describe('end with the scope "session"', () => {
  it('leaves the conversation open, and the next message opens a new session', async () => {
    const visitor = await startConversation()
    const { conversationId } = visitor
    const ended = await visitor.end({ scope: 'session' })
    expect(ended.status).toBe(200)
    expect(ended.body).toEqual({ conversationId, status: 'open', endedAt: isoTime })
    expect(gateway.salesforceCalls().at(-1)).toBe('endMessagingSession 204')
    expect((await visitor.send('One more thing')).status).toBe(202)
    expect((await visitor.poll()).body.conversation.status).toBe('open')
    expect(await visitor.start()).toMatchObject({ status: 200, body: { conversationId } })
  })

  it.each([
    ['the visitor', (visitor: Visitor) => visitor.end({ scope: 'session' })],
    ['the agent', async ({ conversationId }: Visitor) => endedByAgent(conversationId)],
  ])('returns 200 when %s had ended the session before', async (_who, endBefore) => {
    const visitor = await startConversation()
    await endBefore(visitor)
    const again = await visitor.end({ scope: 'session' })
    expect.soft(again).toMatchObject({ status: 200, body: { status: 'open' } })
    expect.soft((await visitor.send('One more thing')).status).toBe(202)
    expect((await visitor.start()).body.conversationId).toBe(visitor.conversationId)
  })

  type Visitor = Awaited<ReturnType<typeof startConversation>>

  function endedByAgent(conversationId: string): void {
    gateway.salesforce.agentJoins(conversationId)
    gateway.salesforce.endSession(conversationId, 'Agent')
  }
})

describe('end without access or with invalid input', () => {
  it("returns 404 for another visitor's or an unknown conversation and makes no Salesforce call", async () => {
    const { conversationId } = await startConversation()
    const { token } = await signInAsGuest()
    const before = gateway.salesforceCalls()
    for (const id of [conversationId, randomUUID()]) {
      const answer = await request(end, { token, body: { conversationId: id } })
      expect(answer).toMatchObject({ status: 404, body: { code: 'conversation_not_found' } })
    }
    expect(gateway.salesforceCalls()).toEqual(before)
  })

  it.each([
    ['conversationId', {}],
    ['conversationId', { conversationId: 'x' }],
    ['scope', { conversationId: randomUUID(), scope: 'everything' }],
    ['force', { conversationId: randomUUID(), force: true }],
  ])('returns 400 that names %s for %j', async (path, body) => {
    const { token } = await signInAsGuest()
    const answer = await request(end, { token, body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }])
  })

  it('returns 429 after 60 calls a minute of one visitor', async () => {
    gateway.setEnv({ LIMITS: '{"other": [2, "1 m"]}' })
    const visitor = await startConversation()
    await visitor.end()
    await visitor.end()
    expect(await visitor.end()).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  })

  it("returns 410 conversation_lost when Salesforce rejects the guest's token", async () => {
    const visitor = await startConversation()
    gateway.salesforce.revokeTokens()
    const answer = await visitor.end({ scope: 'session' })
    expect(answer).toMatchObject({ status: 410, body: { code: 'conversation_lost' } })
    expect(await visitor.start()).toMatchObject({ status: 201, body: { resumed: false } })
  })
})
