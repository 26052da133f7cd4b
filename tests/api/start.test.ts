import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { timed } from '../support/simulated-time.js'

const gateway = setupGateway()

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)
const opened = ['generateAccessTokenForUnauthenticatedUser 200', 'createConversation 201']
const notFound = { status: 404, body: { code: 'conversation_not_found', retryable: false } }

/** Lists the conversations that Salesforce was asked to create. */
function openings() {
  return gateway.salesforce.exchanges
    .filter(({ operationId }) => operationId === 'createConversation')
    .map(({ requestBody }) => requestBody)
}

describe('opening a conversation', () => {
  it('is 201 with all that a frontend needs to begin', async () => {
    const { token } = await signInAsGuest()
    const { status, headers, body } = await request(start, { token, body: {} })
    expect(status).toBe(201)
    expect(body).toEqual({
      conversationId: uuid,
      status: 'open',
      resumed: false,
      startedAt: isoTime,
      expiresAt: isoTime,
      prechat: null,
      attachments: null,
    })
    expect(headers.get('ratelimit-policy')).toContain('"startAddress";q=20;w=60')
    expect(headers.get('ratelimit-policy')).toContain('"start";q=3;w=30')
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('lasts as long as the Salesforce token of the guest: 6 hours', async () => {
    const { started } = await startConversation()
    const hours = (Date.parse(started.expiresAt) - Date.now()) / 3_600_000
    expect(hours).toBeCloseTo(6, 1)
  })

  it('names each limit once in the headers', async () => {
    const { token } = await signInAsGuest()
    const { headers } = await request(start, { token, body: {} })
    const names = headers.get('ratelimit')?.match(/"\w+"/g) ?? []
    expect(names).toEqual([...new Set(names)])
  })

  it('takes the id that the caller proposes', async () => {
    const conversationId = randomUUID()
    const visitor = await startConversation({ conversationId })
    expect(visitor.conversationId).toBe(conversationId)
    expect(openings()).toEqual([expect.objectContaining({ conversationId })])
  })

  it('sends attributes, of which routingAttributes win, and the language to Salesforce', async () => {
    await startConversation({
      contextParameters: { page: '/cart', topic: 'orders' },
      routingAttributes: { topic: 'returns' },
      language: 'de',
    })
    const routingAttributes = { page: '/cart', topic: 'returns' }
    expect(openings()).toEqual([expect.objectContaining({ routingAttributes, language: 'de' })])
  })

  it('says nothing of a language when the caller says none', async () => {
    await startConversation()
    expect(openings()[0]).not.toHaveProperty('language')
  })
})

describe('coming back', () => {
  it('is 200 with the conversation that is open, whatever id is proposed', async () => {
    const visitor = await startConversation()
    const again = await visitor.start({ conversationId: randomUUID(), language: 'fr' })
    expect(again.status).toBe(200)
    expect(again.body).toEqual({ ...visitor.started, resumed: true })
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('opens another one with resume: false, and later returns the newest', async () => {
    const visitor = await startConversation()
    const second = await visitor.start({ resume: false })
    expect(second).toMatchObject({ status: 201, body: { resumed: false } })
    expect(second.body.conversationId).not.toBe(visitor.conversationId)
    const { conversationId } = second.body
    expect((await visitor.start()).body).toMatchObject({ conversationId, resumed: true })
  })

  it('returns a known own id even with resume: false', async () => {
    const visitor = await startConversation()
    const { conversationId } = visitor
    const again = await visitor.start({ conversationId, resume: false })
    expect(again).toMatchObject({ status: 200, body: { conversationId, resumed: true } })
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('opens a new conversation when the last one has ended', async () => {
    const visitor = await startConversation()
    await visitor.end()
    const next = await visitor.start()
    expect(next).toMatchObject({ status: 201, body: { resumed: false } })
    expect(next.body.conversationId).not.toBe(visitor.conversationId)
  })

  it.each([false, true])(
    'is 410 with the id of an ended one, which stays readable (resume: %s)',
    async (resume) => {
      const visitor = await startConversation()
      await visitor.end()
      const before = gateway.salesforceCalls()
      const { conversationId } = visitor
      const again = await visitor.start({ conversationId, resume })
      expect.soft(again).toMatchObject({ status: 410, body: { code: 'conversation_ended' } })
      expect.soft(gateway.salesforceCalls()).toEqual(before)
      expect(await visitor.poll()).toMatchObject({ status: 200 })
    },
  )

  it('opens a new conversation when the Salesforce token of the last one has expired', async () => {
    const { refreshToken, conversationId } = await startConversation()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * 3_600_000 + 1000 })
    const { body } = await request(auth, { body: { refreshToken } })
    const next = await request(start, { token: body.token, body: {} })
    expect(next).toMatchObject({ status: 201, body: { resumed: false } })
    expect(next.body.conversationId).not.toBe(conversationId)
  })
})

describe('a conversation of another deployment', () => {
  /** Starts a conversation as if the gateway had served another deployment then. */
  async function moved() {
    const visitor = await startConversation()
    const record = ['HGET', `local:visitor:{${visitor.user.id}}`, `c:${visitor.conversationId}`]
    const stored = JSON.parse(String(await gateway.redisBackend.execute(record)))
    const other = JSON.stringify({ ...stored, deployment: '00DZZ0000000AbC/Other' })
    await gateway.redisBackend.execute(['HSET', ...record.slice(1), other])
    return visitor
  }

  it('is lost, and Salesforce is not asked', async () => {
    const visitor = await moved()
    const { conversationId } = visitor
    const lost = { status: 410, body: { code: 'conversation_lost' } }
    expect(await visitor.end()).toMatchObject(lost)
    expect(await visitor.start({ conversationId, resume: false })).toMatchObject(lost)
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('is not resumed: a new one is opened', async () => {
    const visitor = await moved()
    const next = await visitor.start()
    expect(next).toMatchObject({ status: 201, body: { resumed: false } })
    expect(next.body.conversationId).not.toBe(visitor.conversationId)
  })
})

describe('several starts of one visitor', () => {
  it.each([2, 5])('%i at once are one conversation and one Salesforce token', async (count) => {
    const { token } = await signInAsGuest()
    const body = { conversationId: randomUUID() }
    const all = await Promise.all(
      Array.from({ length: count }, () => request(start, { token, body })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([...all.slice(1).map(() => 200), 201])
    expect(new Set(all.map((each) => each.body.conversationId))).toEqual(
      new Set([body.conversationId]),
    )
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('are one conversation when each proposes another id, as two tabs do', async () => {
    const { token } = await signInAsGuest()
    const starts = [1, 2, 3].map(() =>
      request(start, { token, body: { conversationId: randomUUID() } }),
    )
    const ids = (await Promise.all(starts)).map(({ body }) => body.conversationId)
    expect(new Set(ids).size).toBe(1)
    expect(gateway.salesforceCalls()).toEqual(opened)
  })

  it('are one conversation when the answers of Salesforce were lost', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '400' })
    const { token } = await signInAsGuest()
    const body = { conversationId: randomUUID() }
    const operation = 'createConversation'
    gateway.salesforce.fail({ operation, when: 'after', times: 2, what: 'drop' })
    const { answer: first } = await timed(() => request(start, { token, body }))
    expect(first).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } })
    gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
    await expect.poll(async () => (await request(start, { token, body })).status).toBeLessThan(202)
    const ids = openings().map((opening) => Object(opening).conversationId)
    expect(new Set(ids)).toEqual(new Set([body.conversationId]))
    expect(gateway.salesforceCalls().filter((line) => line.startsWith('generate'))).toHaveLength(1)
  })
})

describe('what others must not learn', () => {
  it("answers for another visitor's id as for an unknown one, and makes no Salesforce call", async () => {
    const { conversationId } = await startConversation()
    const otherVisitor = await signInAsGuest()
    const before = gateway.salesforceCalls()
    for (const resume of [true, false]) {
      const body = { conversationId, resume }
      expect(await request(start, { token: otherVisitor.token, body })).toMatchObject(notFound)
    }
    const { token } = otherVisitor
    const foreignResponse = await request(end, { token, body: { conversationId } })
    const nobodys = await request(end, { token, body: { conversationId: randomUUID() } })
    expect(foreignResponse).toMatchObject(notFound)
    expect({ ...foreignResponse.body, requestId: '' }).toEqual({ ...nobodys.body, requestId: '' })
    expect(gateway.salesforceCalls()).toEqual(before)
  })

  it("lets the stranger's own conversation be opened afterwards", async () => {
    const { conversationId } = await startConversation()
    const { token } = await signInAsGuest()
    await request(start, { token, body: { conversationId } })
    expect(await request(start, { token, body: {} })).toMatchObject({ status: 201 })
  })
})

describe('a request that is not right', () => {
  it.each([
    ['conversationId', { conversationId: 'CHAT-1' }],
    ['conversationId', { conversationId: randomUUID().toUpperCase() }],
    ['conversationId', { conversationId: 7 }],
    ['resume', { resume: 'true' }],
    ['language', { language: 'english please' }],
    ['routingAttributes', { routingAttributes: [] }],
    ['routingAttributes', { routingAttributes: null }],
    ['routingAttributes.age', { routingAttributes: { age: 7 } }],
    ['routingAttributes.a b', { routingAttributes: { 'a b': 'x' } }],
    ['contextParameters.topic', { contextParameters: { topic: 'x'.repeat(4001) } }],
    ['routingAtributes', { routingAtributes: {} }],
  ])('is refused with the path %s: %j', async (path, body) => {
    const { token } = await signInAsGuest()
    const answer = await request(start, { token, body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    expect(answer.body.errors).toEqual([{ path, message: expect.any(String) }])
    expect(gateway.salesforceCalls()).toEqual([])
  })

  it('may set only the attributes in CALLER_ATTRIBUTES', async () => {
    gateway.setEnv({ CALLER_ATTRIBUTES: 'topic, _email' })
    const { token } = await signInAsGuest()
    const body = { routingAttributes: { topic: 'a', vip: 'yes' }, contextParameters: { tier: '1' } }
    const answer = await request(start, { token, body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    const paths = answer.body.errors.map(({ path }: { path: string }) => path)
    expect(paths.sort()).toEqual(['contextParameters.tier', 'routingAttributes.vip'])
    expect(gateway.salesforceCalls()).toEqual([])
    const good = { routingAttributes: { topic: 'a', _email: 'a@example.org' } }
    expect((await request(start, { token, body: good })).status).toBe(201)
  })
})
