/** Tests the ways in which a caller could exhaust the gateway. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import availability from '../../api/availability.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request } from '../support/request.js'
import { expectNoSalesforceCalls } from '../support/sending.js'
import { conversationCalls } from './authenticated-calls.js'

const gateway = setupGateway()

describe('the rate limit of made-up conversations', () => {
  const endpoints = ['POST /api/send', 'GET /api/poll', 'POST /api/upload'] as const

  it.each(endpoints)('counts them on the visitor at %s, with any ids', async (name) => {
    gateway.setEnv({ LIMITS: '{"other": [3, "1 m"]}' })
    const { token } = await signInAsGuest()
    const statuses: (number | undefined)[] = []
    await expectNoSalesforceCalls(gateway, async () => {
      for (const _ of [1, 2, 3, 4]) {
        statuses.push((await conversationCalls[name]?.(randomUUID(), { token }))?.status)
      }
    })
    expect(statuses).toEqual([404, 404, 404, 429])
    const other = (await signInAsGuest()).token
    expect((await conversationCalls[name]?.(randomUUID(), { token: other }))?.status).toBe(404)
  })
})

describe('start with routing attributes', () => {
  const wide = { a: 'é'.repeat(3900), b: 'é'.repeat(3900), c: 'é'.repeat(3900) }
  const many = (count: number, length: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, 'x'.repeat(length)]))

  it.each([
    ['five of 4,000 characters', many(5, 4000)],
    ['three of 3,900 characters of two bytes', wide],
    ['fifty of 400', many(50, 400)],
  ])('returns an error for more than 16 KB in all: %s', async (_what, routingAttributes) => {
    const { token } = await signInAsGuest()
    const answer = await expectNoSalesforceCalls(gateway, () =>
      request(start, { token, body: { routingAttributes } }),
    )
    const errors = [{ path: 'routingAttributes', message: 'must be at most 16,384 bytes in all' }]
    expect(answer).toMatchObject({ status: 400, body: { errors } })
  })

  it('accepts less than 16 KB in all', async () => {
    const { token } = await signInAsGuest()
    const options = { token, body: { routingAttributes: many(4, 4000) } }
    expect((await request(start, options)).status).toBe(201)
  })
})

describe('a 400 response', () => {
  it('is short for any number of wrong properties', async () => {
    const typos = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`t${n}`, 1]))
    const answer = await request(auth, { body: typos })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toHaveLength(100)
  })

  it('repeats only the beginning of a long name', async () => {
    const answer = await request(auth, { body: { ['n'.repeat(100_000)]: 1 } })
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ path: `${'n'.repeat(200)}…` }] },
    })
    expect(JSON.stringify(answer.body).length).toBeLessThan(1000)
  })
})

describe('the rate limit of an address', () => {
  const endpoints: Record<string, (options: RequestOptions) => ReturnType<typeof request>> = {
    auth: (options) => request(auth, { ...options, body: {} }),
    startAddress: (options) => request(start, { ...options, body: {} }),
    other: (options) => request(availability, options),
  }
  const headers = [
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'x-client-ip',
    'x-cluster-client-ip',
    'x-vercel-forwarded-for',
    'cf-connecting-ip',
    'true-client-ip',
    'fastly-client-ip',
    'via',
  ]

  it.each(Object.keys(endpoints))(
    'is not evaded by a header that the caller sends: %s',
    async (limit) => {
      gateway.setEnv({ LIMITS: JSON.stringify({ auth: [99, '1 m'], [limit]: [1, '1 m'] }) })
      const token = limit === 'auth' ? undefined : (await signInAsGuest()).token
      expect((await endpoints[limit]?.({ token }))?.status).toBeLessThan(300)
      for (const name of headers) {
        const value = name === 'forwarded' ? 'for=198.51.100.9' : '198.51.100.9'
        const answer = await endpoints[limit]?.({ token, headers: { [name]: value } })
        expect(answer?.status, name).toBe(429)
      }
    },
  )

  it('counts callers together whose address is unknown', async () => {
    gateway.setEnv({ CLIENT_ADDRESS: 'forwarded:2', LIMITS: '{"auth": [1, "1 m"]}' })
    const from = (value: string) =>
      request(auth, { body: {}, headers: { 'x-forwarded-for': value } })
    expect((await from('198.51.100.1')).status).toBe(200)
    for (const value of ['198.51.100.2', 'unknown, 10.0.0.1', ', 10.0.0.1', 'x'.repeat(5000)]) {
      expect((await from(value)).status, value.slice(0, 20)).toBe(429)
    }
  })
})

it('auth issues different access tokens at the same moment', async () => {
  const [one, other] = [await signInAsGuest(), await signInAsGuest()]
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(claimsOf(one.token).jti).toMatch(/^[0-9a-f-]{36}$/)
  expect(claimsOf(one.token).jti).not.toBe(claimsOf(other.token).jti)
})
