/** Tests the ways in which a caller could exhaust the gateway. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import availability from '../../api/_availability.js'
import auth from '../../api/auth.js'
import start from '../../api/start.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { type RequestOptions, request } from '../support/request.js'
import { expectNoSalesforceCalls } from '../support/sending.js'
import { conversationCalls } from './authenticated-calls.js'

const gateway = setupGateway()

describe('the rate limit of made-up conversations', () => {
  const endpoints = [
    'POST /api/send',
    'GET /api/poll',
    'POST /api/poll',
    'POST /api/upload',
  ] as const

  it.each(endpoints)(
    'counts different ids on their visitor at %s and makes no Salesforce call',
    async (name) => {
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
    },
  )
})

describe('start with routing values', () => {
  const wide = { a: 'é'.repeat(1000), b: 'é'.repeat(1046) }
  const many = (count: number, length: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, 'x'.repeat(length)]))
  const tooLarge =
    'must be at most 4,096 bytes in all, names and values: shorten values or leave some out'

  async function expectRefused(body: object, errors: object[]) {
    const { token } = await signInAsGuest()
    const answer = await expectNoSalesforceCalls(gateway, () => request(start, { token, body }))
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors } })
  }

  it.each([
    ['two values of 2,047 characters', many(2, 2047)],
    ['2,046 characters of two bytes, and their names', { ...wide, c: '12' }],
    ['fifty of 80', many(50, 80)],
  ])(
    'returns 400 for more than 4,096 bytes and makes no Salesforce call: %s',
    async (_what, values) => {
      for (const name of ['routingAttributes', 'contextParameters']) {
        await expectRefused({ [name]: values }, [{ path: name, message: tooLarge }])
      }
    },
  )

  it('returns 400 when both names together hold more than 4,096 bytes', async () => {
    const half = many(1, 2100)
    await expectRefused({ routingAttributes: half, contextParameters: { b: half.a0 } }, [
      { path: 'routingAttributes', message: `${tooLarge}; contextParameters count as well` },
    ])
  })

  it('accepts 4,096 bytes, counting a value that is given under both names once', async () => {
    const { token } = await signInAsGuest()
    const values = many(2, 2046)
    const body = { routingAttributes: values, contextParameters: values }
    expect((await request(start, { token, body })).status).toBe(201)
  })
})

describe('a 400 response', () => {
  it('lists the first 20 of 9,000 wrong properties', async () => {
    const typos = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`t${n}`, 1]))
    const answer = await request(auth, { body: typos })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toHaveLength(20)
  })

  it('repeats only the first 200 characters of a long name', async () => {
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

  it('counts callers with an unknown address together', async () => {
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
