import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import send from '../../api/send.js'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request } from '../support/request.js'

const gateway = setupGateway({ env: { LIMITS: '{"other": [3, "1 m"], "list": [1000, "1 m"]}' } })

const attacker = '203.0.113.9'

const refused: [string, (token: string) => Promise<{ status: number }>][] = [
  ['an unknown member', () => call({ body: { any: 1 } })],
  ['no JSON', () => call({ body: '{' })],
  ['another media type', () => call({ body: '{}', headers: { 'content-type': 'text/html' } })],
  ['a large body', () => call({ body: 'x'.repeat(200_000) })],
  ['an unknown query', () => call({ body: {}, query: { any: '1' } })],
  [
    'a wrong message with a token',
    (token) => request(send, { token, body: { text: 1 }, remoteAddress: attacker }),
  ],
]

function call(options: RequestOptions) {
  return request(auth, { remoteAddress: attacker, ...options })
}

it.each(refused)('calls with %s are 429 after too many from one address', async (_what, make) => {
  const visitor = await startConversation()
  const requests = gateway.redis.counts.requests
  const statuses = []
  for (let count = 0; count < 5; count += 1) statuses.push((await make(visitor.token)).status)
  expect(statuses.slice(0, 3)).not.toContain(429)
  expect(statuses.slice(3)).toEqual([429, 429])
  expect(gateway.redis.counts.requests).toBe(requests)
  expect((await visitor.send('Hello')).status).toBe(202)
})

it('the refusal says when the address may call again', async () => {
  for (let count = 0; count < 3; count += 1) await call({ body: { any: 1 } })
  const { status, headers, body } = await call({ body: {} })
  expect(status).toBe(429)
  expect(headers.get('ratelimit-policy')).toBe('"other";q=3;w=60')
  expect(Number(headers.get('retry-after'))).toBe(Math.ceil(body.retryAfterMs / 1000))
})

it('more than 20 names in a query are refused, and none is repeated', async () => {
  const { token } = await startConversation()
  const names = Array.from({ length: 5000 }, (_, index) => `n${index}`)
  const query = Object.fromEntries(names.map((name) => [name, '']))
  const answer = await request(poll, { token, query: { conversationId: randomUUID(), ...query } })
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toEqual([{ path: '', message: 'must be at most 20 query parameters' }])
})
