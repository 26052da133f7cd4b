import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import start from '../../api/start.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { signInAsGuest } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { noSalesforceLimits } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({
  env: { REQUEST_DEADLINE_MS: '600' },
  // What is tried again counts in Salesforce, too.
  salesforce: { switches: { limits: noSalesforceLimits } },
})
simulateEachTest()

const control = (method: string, path: string) =>
  gateway.salesforce.handleControl(
    new Request(`https://sandbox.example/__sandbox/${path}`, { method }),
  )

const calm = () => control('DELETE', 'faults')

async function conversationsInSalesforce(): Promise<unknown> {
  return (await control('GET', 'conversations')).json()
}

type Row = [string, FaultInput['what'], number, string]

const busy = { status: 429, headers: { 'retry-after': '7' } }
const answers: Row[] = [
  ['HTTP 500', { status: 500 }, 503, 'upstream_unavailable'],
  ['HTTP 503', { status: 503, headers: { 'retry-after': '9' } }, 503, 'upstream_unavailable'],
  ['a cut connection', 'drop', 503, 'upstream_unavailable'],
  ['silence', 'hang', 504, 'upstream_timeout'],
  ['HTTP 429', busy, 429, 'rate_limited'],
  ['HTTP 400', { status: 400 }, 502, 'upstream_rejected'],
  ['HTTP 403', { status: 403 }, 502, 'upstream_rejected'],
  [
    'a redirect',
    { status: 302, headers: { location: 'https://x.example' } },
    502,
    'upstream_rejected',
  ],
]
const tokenAnswers: Row[] = [
  ...answers,
  ['a web page', 'html', 502, 'upstream_rejected'],
  ['nonsense', 'nonsense', 502, 'upstream_rejected'],
  ['nothing', 'empty', 502, 'upstream_rejected'],
  [
    'a token that is none',
    { status: 200, body: { accessToken: 'x', context: { endUser: { subject: 'y' } } } },
    502,
    'upstream_rejected',
  ],
]

function expectCoded(answer: Awaited<ReturnType<typeof request>>, status: number, code: string) {
  expect(answer).toMatchObject({ status, body: { code, retryable: status !== 502 } })
  expect(JSON.stringify(answer.body)).not.toContain('Injected')
  const isBusy = status === 429
  expect(answer.headers.get('retry-after')).toBe(isBusy ? '7' : answer.headers.get('retry-after'))
}

describe('when Salesforce answers the request for a token with', () => {
  it.each(tokenAnswers)(
    '%s, start returns its problem, and the next start opens the conversation',
    async (...row) => {
      const [, what, status, code] = row
      const { token } = await signInAsGuest()
      const body = { conversationId: randomUUID() }
      const operation = 'generateAccessTokenForUnauthenticatedUser'
      gateway.salesforce.fail({ operation, times: 9, what })
      expectCoded(await request(start, { token, body }), status, code)
      expect(await conversationsInSalesforce()).toEqual([])
      await calm()
      expect(await request(start, { token, body })).toMatchObject({ status: 201, body })
      expect(await conversationsInSalesforce()).toEqual([body.conversationId])
    },
  )
})

describe('when Salesforce answers the opening of a conversation with', () => {
  it.each(answers)(
    '%s, start returns its problem, and the next start opens the conversation',
    async (...row) => {
      const [, what, status, code] = row
      const { token } = await signInAsGuest()
      const body = { conversationId: randomUUID() }
      gateway.salesforce.fail({ operation: 'createConversation', times: 9, what })
      expectCoded(await request(start, { token, body }), status, code)
      await calm()
      expect(await request(start, { token, body })).toMatchObject({ status: 201, body })
      expect(await conversationsInSalesforce()).toEqual([body.conversationId])
    },
  )

  it.each([
    ['HTTP 503', { status: 503 }],
    ['a cut connection', 'drop'],
    ['silence', 'hang'],
    ['a web page', 'html'],
  ] as const)('%s after it was opened, the next start finds that one', async (_name, what) => {
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', times: 9, when: 'after', what })
    await request(start, { token, body: {} })
    await calm()
    const recovered = await request(start, { token, body: {} })
    expect([200, 201]).toContain(recovered.status)
    expect(await conversationsInSalesforce()).toEqual([recovered.body.conversationId])
    expect(gateway.salesforceCalls().filter((line) => line.startsWith('generate'))).toHaveLength(1)
  })

  it('a web page instead of 201, start returns 502', async () => {
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', times: 9, what: 'html' })
    const answer = await request(start, { token, body: {} })
    expect(await conversationsInSalesforce()).toEqual([])
    expectCoded(answer, 502, 'upstream_rejected')
  })

  it('one failure and then well, the caller does not notice', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '2000' })
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation: 'createConversation', what: { status: 503 } })
    expect(await request(start, { token, body: {} })).toMatchObject({ status: 201 })
    expect(await conversationsInSalesforce()).toHaveLength(1)
  })
})

describe('when Salesforce fails one request for a token', () => {
  const operation = 'generateAccessTokenForUnauthenticatedUser'
  const tokenRequests = () =>
    gateway.salesforceCalls().filter((line) => line.startsWith(operation)).length

  it.each([
    ['HTTP 503', { status: 503 }],
    ['HTTP 500', { status: 500 }],
    ['a cut connection', 'drop'],
  ] as const)(
    'with %s, the request is repeated and the caller does not notice',
    async (_, what) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '2000' })
      const { token } = await signInAsGuest()
      gateway.salesforce.fail({ operation, what })
      expect(await request(start, { token, body: {} })).toMatchObject({ status: 201 })
      expect(tokenRequests()).toBe(2)
    },
  )

  it.each([
    ['refuses it', { status: 400 }, 1],
    ['asks to wait beyond the deadline', { status: 503, headers: { 'retry-after': '9' } }, 1],
    ['fails again', { status: 503 }, 2],
  ] as const)('and %s, there are no further requests', async (_, what, requests) => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '2000' })
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation, times: 9, what })
    expect((await request(start, { token, body: {} })).status).toBeGreaterThan(499)
    expect(tokenRequests()).toBe(requests)
  })

  it('counts the repeat not on the limit of the visitor’s starts', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '2000', LIMITS: '{"start": [1, "30 s"]}' })
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation, what: { status: 503 } })
    expect((await request(start, { token, body: {} })).status).toBe(201)
    expect(tokenRequests()).toBe(2)
  })

  it('counts the repeat on the limit of the organisation', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '2000', LIMITS: '{"tokens": [1, "1 m"]}' })
    const { token } = await signInAsGuest()
    gateway.salesforce.fail({ operation, what: { status: 503 } })
    const answer = await request(start, { token, body: {} })
    expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(tokenRequests()).toBe(1)
  })
})
