import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import health from '../../api/_health.js'
import notFound from '../../api/_not-found.js'
import auth from '../../api/auth.js'
import end from '../../api/end.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'

const gateway = setupGateway()

describe('a method that an endpoint does not support', () => {
  it.each([
    ['auth', auth, 'POST, DELETE', ['GET', 'HEAD', 'PUT', 'PATCH']],
    ['start', start, 'POST', ['GET', 'HEAD', 'PUT', 'DELETE', 'PROPFIND']],
    ['send', send, 'POST', ['GET', 'HEAD', 'PUT', 'DELETE']],
    ['poll', poll, 'GET, POST', ['PUT', 'DELETE', 'PATCH']],
    ['end', end, 'POST', ['GET', 'HEAD', 'DELETE']],
    ['health', health, 'GET', ['POST', 'DELETE']],
  ] as const)(
    'returns 405 and an Allow header at %s, without a call to Redis or Salesforce',
    async (_name, endpoint, allowed, methods) => {
      for (const method of methods) {
        const answer = await request(endpoint, { method })
        expect(answer.status, method).toBe(405)
        expect(answer.headers.get('allow')?.replace(/, (HEAD|OPTIONS)/g, '')).toBe(allowed)
        if (method === 'HEAD') continue
        expect(answer.body).toMatchObject({ code: 'method_not_allowed', retryable: false })
      }
      expect(gateway.salesforceCalls()).toEqual([])
      expect(gateway.redis.counts.requests).toBe(0)
    },
  )
})

it('poll answers HEAD with 200 and no body', async () => {
  const { token, conversationId } = await startConversation()
  const answer = await request(poll, { method: 'HEAD', token, query: { conversationId } })
  expect(answer).toMatchObject({ status: 200, body: null })
})

describe('the request id', () => {
  const idAfter = async (given: string) =>
    (await request(notFound, { headers: { 'x-request-id': given } })).headers.get('x-request-id')

  it.each(['a', 'order-7_b.c', 'x'.repeat(128)])(
    'is kept when the caller sends a valid one: %s',
    async (id) => {
      expect(await idAfter(id)).toBe(id)
    },
  )

  it.each(['', 'x'.repeat(129), 'a b', 'a/b', '<script>', 'a,b', 'ä'])(
    'is generated when the caller sends %j',
    async (id) => {
      expect(await idAfter(id)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
    },
  )

  it('is the same in the body, in its header and in the log', async () => {
    const { body, headers } = await request(start, {
      body: {},
      headers: { 'x-request-id': 'call-7' },
    })
    expect([body.requestId, headers.get('x-request-id')]).toEqual(['call-7', 'call-7'])
    expect(JSON.parse(gateway.logLines.at(-1) ?? '')).toMatchObject({ requestId: 'call-7' })
  })
})

describe('the headers of every answer', () => {
  it('forbid storing and sniffing, vary by origin, name the request and time Redis and Salesforce', async () => {
    const { token } = await signInAsGuest()
    const answers = [
      await request(auth, { body: {} }),
      await request(start, { token, body: {} }),
      await request(start, { body: {} }),
      await request(start, { token, body: { x: 1 } }),
      await request(start, { method: 'GET' }),
      await request(end, { token, body: { conversationId: randomUUID() } }),
      await request(health),
      await request(notFound),
      await request(health, { headers: { origin: 'https://evil.example' } }),
      await request(auth, { method: 'DELETE', token }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([
      200, 201, 401, 400, 405, 404, 200, 404, 403, 204,
    ])
    for (const { headers, status } of answers) {
      expect(headers.get('cache-control'), String(status)).toBe('no-store')
      expect(headers.get('vary'), String(status)).toMatch(/\bOrigin\b/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('server-timing')).toMatch(/redis;dur=[\d.]+/)
      expect(headers.get('server-timing')).toMatch(/salesforce;dur=[\d.]+/)
      expect(headers.get('x-request-id')).toBeTruthy()
    }
  })

  it('time Salesforce only where it was called', async () => {
    const visitor = await startConversation()
    const resumed = await visitor.start()
    expect(resumed.headers.get('server-timing')).toMatch(/salesforce;dur=0(\.0)?\b/)
    const ended = await visitor.end()
    expect(ended.headers.get('server-timing')).not.toMatch(/salesforce;dur=0(\.0)?[,;]/)
  })
})

describe('a problem response', () => {
  it('has its own media type and only the properties of the table', async () => {
    const { headers, body } = await request(start, { body: {} })
    expect(headers.get('content-type')).toBe('application/problem+json')
    const members = ['code', 'requestId', 'retryable', 'status', 'title', 'type']
    expect(Object.keys(body).sort()).toEqual(members)
  })

  it('has no list of errors with status 401, 405 or 404', async () => {
    const { token } = await signInAsGuest()
    const refusals = [
      await request(start, { body: {} }),
      await request(start, { method: 'GET' }),
      await request(end, { token, body: { conversationId: randomUUID() } }),
    ]
    for (const { body } of refusals) expect(body).not.toHaveProperty('errors')
  })
})
