import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import send from '../../api/send.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  messagesSentToSalesforce,
  shiftClock,
  timesStored,
} from '../support/sending.js'
import { storedValues } from '../support/stored-keys.js'

const gateway = setupGateway()

function sendWith(token: string | undefined, body: object) {
  return request(send, { token, body })
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('send', () => {
  it('returns 202 with the id, the conversation, the time and duplicate: false', async () => {
    const visitor = await startConversation()
    const id = randomUUID()
    const answer = await visitor.send('Hello', id)
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      id,
      conversationId: visitor.conversationId,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      duplicate: false,
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('server-timing')).toMatch(/redis;dur=.*salesforce;dur=/)
  })

  it('makes an id when none is given, and the poll returns the message under it', async () => {
    const visitor = await startConversation()
    const { conversationId, token } = visitor
    const { status, body } = await sendWith(token, { conversationId, text: 'No id' })
    expect(status).toBe(202)
    expect(body.id).toMatch(uuidV4)
    const page = await visitor.poll()
    const echo = page.body.messages.find((message: { id: string }) => message.id === body.id)
    expect(echo).toMatchObject({ text: 'No id', sender: { role: 'EndUser' } })
  })

  it('accepts the messageType of a text', async () => {
    const { conversationId, token } = await startConversation()
    const messageType = 'StaticContentMessage'
    const { status } = await sendWith(token, { conversationId, messageType, text: 'Typed' })
    expect(status).toBe(202)
  })

  it('sends the text trimmed, and a repeat with the trimmed text is a duplicate', async () => {
    const visitor = await startConversation()
    const id = randomUUID()
    await visitor.send('  two words \n\t', id)
    expect(messagesSentToSalesforce(gateway)).toMatchObject([
      { message: { staticContent: { text: 'two words' } } },
    ])
    expect((await visitor.send('two words', id)).body.duplicate).toBe(true)
  })

  it('sends line breaks of every kind as U+000A, and no control characters', async () => {
    const visitor = await startConversation()
    await visitor.send('a\rb\r\nc\u000bd\u000ce\u0085f\u2028g\u2029h\ti\u0007\u202e\u0000')
    expect(messagesSentToSalesforce(gateway)).toMatchObject([
      { message: { staticContent: { text: 'a\nb\nc\nd\ne\nf\ng\nh\ti' } } },
    ])
  })

  it('returns 400 for a text of control characters alone and makes no Salesforce call', async () => {
    const visitor = await startConversation()
    const { status } = await expectNoSalesforceCalls(gateway, () => visitor.send('\u0007\u2028'))
    expect(status).toBe(400)
  })

  it('accepts 4,000 code points, an emoji counting as one', async () => {
    const visitor = await startConversation()
    expect((await visitor.send('x')).status).toBe(202)
    expect((await visitor.send('🦭'.repeat(4000))).status).toBe(202)
    const padded = `${' '.repeat(500)}${'y'.repeat(4000)}${' '.repeat(500)}`
    expect((await visitor.send(padded)).status).toBe(202)
  })

  it('makes two Redis requests and one Salesforce call', async () => {
    const visitor = await startConversation()
    await visitor.send('warm')
    const { requests } = gateway.redis.counts
    const calls = gateway.salesforceCalls().length
    await visitor.send('measured')
    expect(gateway.redis.counts.requests - requests).toBe(2)
    expect(gateway.salesforceCalls().slice(calls)).toEqual(['sendMessage 202'])
  })

  it('returns a repeat as a duplicate and makes no Salesforce call', async () => {
    const visitor = await startConversation()
    const id = randomUUID()
    const first = await visitor.send('Once', id)
    const again = await expectNoSalesforceCalls(gateway, () => visitor.send('Once', id))
    expect(again.status).toBe(202)
    expect(again.body).toEqual({ ...first.body, duplicate: true })
    expect(timesStored(gateway, visitor.conversationId, id)).toBe(1)
  })

  it('delivers a text that Salesforce splits at its link once, and a repeat is a duplicate', async () => {
    const visitor = await startConversation()
    const id = randomUUID()
    const text = 'Look at https://harbor.example/map'
    const first = await visitor.send(text, id)
    const again = await visitor.send(text, id)
    expect(again.body).toEqual({ ...first.body, duplicate: true })
    expect(timesStored(gateway, visitor.conversationId, id)).toBe(1)
  })

  it('returns what is left of the limit of 22 messages a minute', async () => {
    const visitor = await startConversation()
    const { headers } = await visitor.send('Hello')
    expect(headers.get('ratelimit-policy')).toMatch(/"send";q=22;w=60/)
    expect(headers.get('ratelimit')).toMatch(/"send";r=21;t=\d+/)
  })

  it('counts the limit for each conversation separately', async () => {
    gateway.setEnv({ LIMITS: '{"send":[2,"1 m"]}' })
    const [one, other] = [await startConversation(), await startConversation()]
    await one.send('1')
    await one.send('2')
    expect((await one.send('3')).status).toBe(429)
    expect((await other.send('1')).status).toBe(202)
  })
})

describe('send of a refused message', () => {
  const conversationId = randomUUID()
  const text = 'Hello'
  const wrong: [name: string, body: object, path: string][] = [
    ['no conversation', { text }, 'conversationId'],
    [
      'an upper-case conversation',
      { conversationId: conversationId.toUpperCase(), text },
      'conversationId',
    ],
    ['an upper-case id', { conversationId, text, id: randomUUID().toUpperCase() }, 'id'],
    [
      'an id that is no UUID v4',
      { conversationId, text, id: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' },
      'id',
    ],
    ['an id of another type', { conversationId, text, id: 5 }, 'id'],
    ['a null id', { conversationId, text, id: null }, 'id'],
    ['no text', { conversationId }, 'text'],
    ['an empty text', { conversationId, text: '' }, 'text'],
    ['a text of spaces', { conversationId, text: ' \n\u00a0 ' }, 'text'],
    ['a text that is no string', { conversationId, text: ['Hello'] }, 'text'],
    ['4,001 code points', { conversationId, text: '🦭'.repeat(4001) }, 'text'],
    ['an unknown property', { conversationId, text, txet: 'Hello' }, 'txet'],
    ['an unknown type', { conversationId, text, messageType: 'Shout' }, 'messageType'],
  ]
  it('returns 400 that names the invalid field and makes no Salesforce call', async () => {
    const { token } = await signInAsGuest()
    for (const [name, body, path] of wrong) {
      const { status, body: problem } = await expectNoSalesforceCalls(gateway, () =>
        sendWith(token, body),
      )
      expect([name, status, problem.code]).toEqual([name, 400, 'invalid_request'])
      expect(problem.errors, name).toMatchObject([{ path }])
    }
  })

  it('returns 422 id_reused for another text under the same id', async () => {
    const visitor = await startConversation()
    const id = randomUUID()
    await visitor.send('First', id)
    const answer = await expectNoSalesforceCalls(gateway, () => visitor.send('Second', id))
    expectProblem(answer, 422, 'id_reused')
    expect(answer.body.retryable).toBe(false)
  })

  it('returns 429 with Retry-After after 22 messages in a minute', async () => {
    const visitor = await startConversation()
    for (let count = 0; count < 22; count += 1) await visitor.send(`${count}`)
    const answer = await expectNoSalesforceCalls(gateway, () => visitor.send('One too many'))
    expectProblem(answer, 429, 'rate_limited')
    const { retryAfterMs } = answer.body
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(answer.headers.get('retry-after')).toBe(String(Math.ceil(retryAfterMs / 1000)))
    expect(answer.headers.get('ratelimit')).toMatch(/"send";r=0/)
    expect(answer.headers.get('ratelimit-policy')).toMatch(/"send";q=22;w=60/)
  })

  it('returns 410 conversation_ended after the end', async () => {
    const visitor = await startConversation()
    await visitor.end()
    const answer = await expectNoSalesforceCalls(gateway, () => visitor.send('Are you there?'))
    expectProblem(answer, 410, 'conversation_ended')
  })

  it('returns 410 conversation_lost after the guest token expired, and start opens another', async () => {
    gateway.salesforce.switches.guestTokenLifeSeconds = 60
    const visitor = await startConversation()
    shiftClock(61_000)
    const answer = await expectNoSalesforceCalls(gateway, () => visitor.send('Too late'))
    expectProblem(answer, 410, 'conversation_lost')
    const started = await visitor.start()
    expect(started.status).toBe(201)
    expect(started.body.conversationId).not.toBe(visitor.conversationId)
  })

  it('returns 405 for GET', async () => {
    const { token } = await signInAsGuest()
    const answer = await request(send, { token })
    expectProblem(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toBe('POST')
  })
})

describe('send against misuse', () => {
  it("returns 404 for another visitor's and for an unknown conversation", async () => {
    const owner = await startConversation()
    const { token } = await signInAsGuest()
    const bodies = [owner.conversationId, randomUUID()].map((conversationId) => ({
      conversationId,
      text: 'Let me in',
    }))
    for (const body of bodies) {
      const answer = await expectNoSalesforceCalls(gateway, () => sendWith(token, body))
      expectProblem(answer, 404, 'conversation_not_found')
    }
    expect(textsOf((await owner.poll()).body)).not.toContain('Let me in')
  })

  it("does not reveal an id that was used in another visitor's conversation", async () => {
    const owner = await startConversation()
    const otherVisitor = await startConversation()
    const id = randomUUID()
    await owner.send('Mine', id)
    const answer = await otherVisitor.send('Something else', id)
    expect(answer.status).toBe(202)
    expect(answer.body.duplicate).toBe(false)
  })

  it.each([undefined, 'nonsense', 'a.b.c'])(
    'returns 401 for the token %s and makes no Salesforce call',
    async (token) => {
      const body = { conversationId: randomUUID(), text: 'Hello' }
      const answer = await expectNoSalesforceCalls(gateway, () => sendWith(token, body))
      expectProblem(answer, 401, 'unauthenticated')
    },
  )

  it('keeps the text out of the log, of Redis and of the problem', async () => {
    const visitor = await startConversation()
    const text = 'The password is swordfish'
    await visitor.send(text)
    gateway.salesforce.fail({
      operation: 'sendMessage',
      what: { status: 400, body: { message: text } },
    })
    const refused = await visitor.send(text)
    expect(gateway.logLines.join('\n')).not.toContain('swordfish')
    expect(JSON.stringify(refused.body)).not.toContain('swordfish')
    const stored = await storedValues(gateway)
    expect(stored.size).toBeGreaterThan(0)
    expect([...stored.values()].join('\n')).not.toContain('swordfish')
  })
})
