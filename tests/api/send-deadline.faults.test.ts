import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import availability from '../../api/_availability.js'
import conversations from '../../api/_conversations.js'
import transcript from '../../api/_transcript.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { request, type TestResponse } from '../support/request.js'
import { expectProblem } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { attachments, startUploadConversation } from '../support/uploads.js'

type Visitor = Awaited<ReturnType<typeof startUploadConversation>>
type Operation = FaultInput['operation']
type Act = (visitor: Visitor) => Promise<TestResponse>

/** Lists the operations that hang during a call, and one that fails with HTTP 500. */
type Hanging = [name: string, act: Act, hanging: Operation[], failing?: Operation]

const timing = { deadlineMs: 500, redisMs: 200, settleMs: 20 }
const tight = {
  REQUEST_DEADLINE_MS: String(timing.deadlineMs),
  REDIS_TIMEOUT_MS: String(timing.redisMs),
  SEND_SETTLE_MS: String(timing.settleMs),
}
const official = dialects.filter(({ name }) => name === 'enhanced-chat')
const guide = dialects.filter(({ name }) => name === 'guide')

const signal = (visitor: Visitor, body: object) =>
  request(send, {
    token: visitor.token,
    body: { conversationId: visitor.conversationId, ...body },
  })

/** Starts a conversation for another visitor. */
const startAsNewGuest: Act = async () =>
  request(start, { token: (await signInAsGuest()).token, body: {} })

async function tookMs(work: () => Promise<TestResponse>): Promise<[number, TestResponse]> {
  const startedAt = Date.now()
  const answer = await work()
  return [Date.now() - startedAt, answer]
}

describe.each(official)('through the dialect $name', (dialect) => {
  const { gateway } = setupDialect({
    ...dialect,
    salesforce: { attachments, allowTranscriptDownload: true },
  })
  simulateEachTest()

  const hangs: Hanging[] = [
    ['send', ({ send }) => send('Hi'), ['sendMessage', 'listConversationEntries']],
    [
      'send of a message that failed',
      ({ send }) => send('Hi'),
      ['listConversationEntries'],
      'sendMessage',
    ],
    ['upload', ({ upload }) => upload(), ['sendFile', 'listConversationEntries']],
    ['poll', ({ poll }) => poll(), ['listConversationEntries']],
    ['start without a token', startAsNewGuest, ['generateAccessTokenForUnauthenticatedUser']],
    ['start', startAsNewGuest, ['createConversation']],
    ['end', ({ end }) => end(), ['closeConversation']],
  ]

  it.each(hangs)('%s returns a retryable error by its deadline when %o hangs', async (...row) => {
    const [, act, operations, failing] = row
    const visitor = await startUploadConversation()
    gateway.setEnv(tight)
    if (failing) gateway.salesforce.fail({ operation: failing, what: { status: 500 } })
    for (const operation of operations) {
      gateway.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(answer.body.retryable).toBe(true)
    expect(ms).toBeLessThanOrEqual(timing.deadlineMs)
  })

  const redisHangs: [since: string, callsBefore: number][] = [
    ['the claim', 1],
    ['the record of the outcome', 2],
  ]
  it.each(redisHangs)(
    'send returns a retryable error within its deadline and one Redis timeout when Redis hangs from %s on',
    async (_, callsBefore) => {
      const visitor = await startConversation()
      await visitor.send('Warm')
      gateway.setEnv(tight)
      gateway.salesforce.fail({ operation: '*', times: 50, what: 'hang' })
      gateway.redis.fault({ times: callsBefore, what: { slowMs: 0 } })
      gateway.redis.fault({ times: 50, what: 'hang' })
      const [ms, answer] = await tookMs(() => visitor.send('Nobody is there'))
      expect(answer.body.retryable).toBe(true)
      expect(ms).toBeLessThanOrEqual(timing.deadlineMs + timing.redisMs)
    },
  )

  type OneCall = [name: string, act: Act, operation: Operation]
  const repeatable: OneCall[] = [
    ['poll', ({ poll }) => poll(), 'listConversationEntries'],
    ['start', startAsNewGuest, 'createConversation'],
    ['end', ({ end }) => end(), 'closeConversation'],
    ['end of a session', ({ end }) => end({ scope: 'session' }), 'endMessagingSession'],
    [
      'send of a receipt',
      (visitor) => signal(visitor, { messageType: 'ReadReceipt', messageIds: [randomUUID()] }),
      'acknowledgeEntries',
    ],
    [
      'transcript',
      ({ token, conversationId }) => request(transcript, { token, query: { conversationId } }),
      'retrieveConversationTranscript',
    ],
    ['availability', () => request(availability), 'getBusinessHours'],
    [
      'conversations with refresh',
      ({ token }) => request(conversations, { token, query: { refresh: 'true' } }),
      'listConversations',
    ],
  ]

  it.each(repeatable)('%s repeats its Salesforce call after a 503', async (_, act, operation) => {
    const visitor = await startUploadConversation()
    const before = gateway.salesforce.exchanges.length
    gateway.salesforce.fail({ operation, what: { status: 503 } })
    expect((await act(visitor)).status).toBeLessThan(300)
    const exchanges = gateway.salesforce.exchanges.slice(before)
    expect(exchanges.filter(({ operationId }) => operationId === operation)).toHaveLength(2)
  })

  /**
   * A token counts against Salesforce's limit, so its request is repeated once; a typing indicator is
   * soon out of date.
   */
  const limited: [...OneCall, calls: number][] = [
    ['start without a token', startAsNewGuest, 'generateAccessTokenForUnauthenticatedUser', 2],
    [
      'send of a typing indicator',
      (visitor) => signal(visitor, { messageType: 'TypingIndicator', typing: true }),
      'addTypingIndicator',
      1,
    ],
  ]
  it.each(limited)(
    '%s makes few Salesforce calls and returns 503 when they fail',
    async (...row) => {
      const [, act, operation, calls] = row
      const visitor = await startUploadConversation()
      const before = gateway.salesforce.exchanges.length
      gateway.salesforce.fail({ operation, times: 9, what: { status: 503 } })
      expectProblem(await act(visitor), 503, 'upstream_unavailable')
      const exchanges = gateway.salesforce.exchanges.slice(before)
      expect(exchanges.filter(({ operationId }) => operationId === operation)).toHaveLength(calls)
    },
  )

  it.each(['sendMessage', 'sendFile'] as const)(
    '%s is repeated only after a list that would have shown its effect',
    async (operation) => {
      gateway.setEnv({ SEND_SETTLE_MS: '150', REQUEST_DEADLINE_MS: '6000' })
      const { send, upload } = await startUploadConversation()
      const before = gateway.salesforce.exchanges.length
      gateway.salesforce.fail({ operation, times: 2, what: { status: 503 } })
      const act = operation === 'sendFile' ? upload() : send('Again, with care')
      expect((await act).status).toBe(202)
      const exchanges = gateway.salesforce.exchanges.slice(before)
      const sends = exchanges.filter(({ operationId }) => operationId === operation)
      expect(sends).toHaveLength(3)
      for (const [index, { at }] of sends.slice(0, -1).entries()) {
        const next = sends[index + 1]?.at ?? 0
        const lists = exchanges.filter(
          (each) =>
            each.operationId === 'listConversationEntries' &&
            each.status === 200 &&
            each.at >= at + 150 &&
            each.at <= next,
        )
        expect(lists.length, `lists between send ${index + 1} and the next`).toBeGreaterThan(0)
      }
    },
  )

  /** Returns the milliseconds between the four attempts at a list that always fails. */
  async function pausesAt(random: number): Promise<number[]> {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '8000' })
    const { poll } = await startConversation()
    const before = gateway.salesforce.exchanges.length
    vi.spyOn(Math, 'random').mockReturnValue(random)
    gateway.salesforce.fail({ operation: 'listConversationEntries', times: 9, what: 'drop' })
    expectProblem(await poll(), 503, 'upstream_unavailable')
    const moments = gateway.salesforce.exchanges.slice(before).map(({ at }) => at)
    return moments.slice(1).map((at, index) => at - (moments[index] ?? 0))
  }

  it('poll pauses longer after each failed list, by a factor between 0.5 and 1.5 at random', async () => {
    const [long, short] = [await pausesAt(0.999), await pausesAt(0)]
    const atLeast = [223, 448, 898]
    expect(long).toHaveLength(3)
    expect(long.map((pause, index) => pause >= (atLeast[index] ?? 0))).toEqual([true, true, true])
    const sum = (pauses: number[]) => pauses.reduce((total, pause) => total + pause, 0)
    expect(sum(short)).toBeGreaterThan(520)
    expect(sum(short)).toBeLessThan(sum(long) - 500)
  })

  const retryAfterDate = () => new Date(Date.now() + 2500).toUTCString()
  it.each([
    ['seconds', () => '1'],
    ['a date', retryAfterDate],
  ])('poll repeats a list no earlier than Retry-After, given as %s', async (_, when) => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '8000' })
    const { poll } = await startConversation()
    const before = gateway.salesforce.exchanges.length
    const what = { status: 503, headers: { 'retry-after': when() } }
    gateway.salesforce.fail({ operation: 'listConversationEntries', what })
    expect((await poll()).status).toBe(200)
    const [asked, again] = gateway.salesforce.exchanges.slice(before)
    expect((again?.at ?? 0) - (asked?.at ?? 0)).toBeGreaterThanOrEqual(980)
  })
})

describe.each(guide)('through the dialect $name', (dialect) => {
  const { gateway, fail, exchangesOf, stored, name } = setupDialect(dialect)
  simulateEachTest()

  const hangs: Hanging[] = [
    ['send', ({ send }) => send('Hi'), ['postMessage']],
    ['poll', ({ poll }) => poll(), ['listMessages']],
    ['start without a login', startAsNewGuest, ['exchangeAssertion']],
    ['start', startAsNewGuest, ['startConversation']],
    ['end', ({ end }) => end(), ['endConversation']],
  ]
  it.each(hangs)('%s returns an error by its deadline when %o hangs', async (...row) => {
    const [, act, operations] = row
    const visitor = await startUploadConversation()
    gateway.setEnv(tight)
    for (const operation of operations) {
      gateway.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(ms).toBeLessThanOrEqual(timing.deadlineMs)
  })

  it.each([2, 3])(
    'send responds within its deadline and one Redis timeout when Redis hangs after %i responses',
    async (callsBefore) => {
      const visitor = await startConversation()
      await visitor.send('Warm')
      gateway.setEnv(tight)
      fail('send', { when: 'after', what: 'hang' })
      gateway.redis.fault({ times: callsBefore, what: { slowMs: 0 } })
      gateway.redis.fault({ times: 50, what: 'hang' })
      const [ms] = await tookMs(() => visitor.send('Nobody is there'))
      expect(ms).toBeLessThanOrEqual(timing.deadlineMs + timing.redisMs)
    },
  )

  it.each([
    ['500', { what: { status: 500 } }],
    ['a hang', { what: 'hang' }],
    ['half a response', { when: 'after', what: { status: 200, body: '{"id":"abc' } }],
    ['nonsense', { when: 'after', what: 'nonsense' }],
  ] as const)(
    'send makes its Salesforce call once after %s, even when the client repeats the request',
    async (...row) => {
      gateway.setEnv(tight)
      const { send } = await startConversation()
      const id = randomUUID()
      fail('send', row[1])
      await send('Once at most', id)
      for (const _ of [1, 2]) {
        const repeat = await send('Once at most', id)
        if (repeat.status !== 202) expect(repeat.body.retryable).toBe(false)
      }
      expect(exchangesOf('send')).toHaveLength(1)
      expect(stored(name()).length).toBeLessThanOrEqual(1)
    },
  )
})
