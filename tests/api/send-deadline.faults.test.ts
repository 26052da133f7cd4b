import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import availability from '../../api/availability.js'
import conversations from '../../api/conversations.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import transcript from '../../api/transcript.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { signInAsGuest, startConversation } from '../support/conversation.js'
import { request, type TestResponse } from '../support/request.js'
import { expectProblem } from '../support/sending.js'
import { attachments, startUploadConversation } from '../support/uploads.js'

type Visitor = Awaited<ReturnType<typeof startUploadConversation>>
type Operation = FaultInput['operation']
type Act = (visitor: Visitor) => Promise<TestResponse>

const timing = { deadlineMs: 500, redisMs: 200, settleMs: 20 }
const tight = {
  REQUEST_DEADLINE_MS: String(timing.deadlineMs),
  REDIS_TIMEOUT_MS: String(timing.redisMs),
  SEND_SETTLE_MS: String(timing.settleMs),
}
/** What a busy machine may add. */
const toleranceMs = 400

const first = dialects.filter(({ name }) => name === 'enhanced-chat')
const guide = dialects.filter(({ name }) => name === 'guide')

const signal = (visitor: Visitor, body: object) =>
  request(send, {
    token: visitor.token,
    body: { conversationId: visitor.conversationId, ...body },
  })

/** A further conversation, for another visitor. */
const begin: Act = async () => request(start, { token: (await signInAsGuest()).token, body: {} })

async function tookMs(work: () => Promise<TestResponse>): Promise<[number, TestResponse]> {
  const startedAt = performance.now()
  const answer = await work()
  return [performance.now() - startedAt, answer]
}

describe.each(first)('with $name', (dialect) => {
  const { gateway } = setupDialect({
    ...dialect,
    salesforce: { attachments, allowTranscriptDownload: true },
  })

  const hanging: [what: string, act: Act, operations: Operation[]][] = [
    ['a send', ({ send }) => send('Hi'), ['sendMessage', 'listConversationEntries']],
    ['a send that cannot be looked for', ({ send }) => send('Hi'), ['listConversationEntries']],
    ['an upload', ({ upload }) => upload(), ['sendFile', 'listConversationEntries']],
    ['a poll', ({ poll }) => poll(), ['listConversationEntries']],
    ['a start without a token', begin, ['generateAccessTokenForUnauthenticatedUser']],
    ['a start', begin, ['createConversation']],
    ['an end', ({ end }) => end(), ['closeConversation']],
  ]

  it.each(hanging)('%s is answered by its deadline when Salesforce hangs', async (...row) => {
    const [what, act, operations] = row
    const visitor = await startUploadConversation()
    gateway.setEnv(tight)
    if (what.includes('looked for')) {
      gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 500 } })
    }
    for (const operation of operations) {
      gateway.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(answer.body.retryable).toBe(true)
    expect(ms).toBeLessThan(timing.deadlineMs + toleranceMs)
  })

  const deadlineCases: [when: string, callsBefore: number][] = [
    ['before it is claimed', 1],
    ['when it is to be logged', 2],
  ]
  it.each(deadlineCases)(
    'a send waits for Redis once more, not longer, %s',
    async (_, callsBefore) => {
      const visitor = await startConversation()
      await visitor.send('Warm')
      gateway.setEnv(tight)
      gateway.salesforce.fail({ operation: '*', times: 50, what: 'hang' })
      gateway.redis.fault({ times: callsBefore, what: { slowMs: 0 } })
      gateway.redis.fault({ times: 50, what: 'hang' })
      const [ms, answer] = await tookMs(() => visitor.send('Nobody is there'))
      expect(answer.body.retryable).toBe(true)
      expect(ms).toBeLessThan(timing.deadlineMs + timing.redisMs + toleranceMs)
    },
  )

  type Harmless = [what: string, act: Act, operation: Operation]
  const harmless: Harmless[] = [
    ['a poll', ({ poll }) => poll(), 'listConversationEntries'],
    ['a start under its own id', begin, 'createConversation'],
    ['an end', ({ end }) => end(), 'closeConversation'],
    ['the end of a session', ({ end }) => end({ scope: 'session' }), 'endMessagingSession'],
    [
      'a receipt',
      (visitor) => signal(visitor, { messageType: 'ReadReceipt', messageIds: [randomUUID()] }),
      'acknowledgeEntries',
    ],
    [
      'a transcript',
      ({ token, conversationId }) => request(transcript, { token, query: { conversationId } }),
      'retrieveConversationTranscript',
    ],
    ['business hours', () => request(availability), 'getBusinessHours'],
    [
      'a list of conversations',
      ({ token }) => request(conversations, { token, query: { refresh: 'true' } }),
      'listConversations',
    ],
  ]

  it.each(harmless)('%s is asked again, for that is harmless', async (_, act, operation) => {
    const visitor = await startUploadConversation()
    const before = gateway.salesforce.exchanges.length
    gateway.salesforce.fail({ operation, what: { status: 503 } })
    expect((await act(visitor)).status).toBeLessThan(300)
    const exchanges = gateway.salesforce.exchanges.slice(before)
    expect(exchanges.filter(({ operationId }) => operationId === operation)).toHaveLength(2)
  })

  const once: Harmless[] = [
    ['a token', begin, 'generateAccessTokenForUnauthenticatedUser'],
    [
      'typing',
      (visitor) => signal(visitor, { messageType: 'TypingIndicator', typing: true }),
      'addTypingIndicator',
    ],
  ]
  it.each(once)('%s is asked for once, for that costs or is soon over', async (...row) => {
    const [, act, operation] = row
    const visitor = await startUploadConversation()
    const before = gateway.salesforce.exchanges.length
    gateway.salesforce.fail({ operation, times: 9, what: { status: 503 } })
    expectProblem(await act(visitor), 503, 'upstream_unavailable')
    const exchanges = gateway.salesforce.exchanges.slice(before)
    expect(exchanges.filter(({ operationId }) => operationId === operation)).toHaveLength(1)
  })

  it.each(['sendMessage', 'sendFile'] as const)(
    '%s is repeated only after a look that would have shown it',
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
        const looks = exchanges.filter(
          (each) =>
            each.operationId === 'listConversationEntries' &&
            each.status === 200 &&
            each.at >= at + 150 &&
            each.at <= next,
        )
        expect(looks.length, `looks between send ${index + 1} and the next`).toBeGreaterThan(0)
      }
    },
  )

  /** The pauses between the four attempts at a list that always fails. */
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

  it('backs off more and more, by chance between half and one and a half', async () => {
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
  ])('asks again when Salesforce wants to be asked, told in %s', async (_, when) => {
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

describe.each(guide)('with the $name dialect', (dialect) => {
  const { gateway, fail, exchangesOf, stored, name } = setupDialect(dialect)

  const hanging: [what: string, act: Act, operations: Operation[]][] = [
    ['a send', ({ send }) => send('Hi'), ['postMessage']],
    ['a poll', ({ poll }) => poll(), ['listMessages']],
    ['a start without a login', begin, ['exchangeAssertion']],
    ['a start', begin, ['startConversation']],
    ['an end', ({ end }) => end(), ['endConversation']],
  ]
  it.each(hanging)('%s is answered by its deadline when Salesforce hangs', async (...row) => {
    const [, act, operations] = row
    const visitor = await startUploadConversation()
    gateway.setEnv(tight)
    for (const operation of operations) {
      gateway.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(ms).toBeLessThan(timing.deadlineMs + toleranceMs)
  })

  it.each([2, 3])(
    'a send is answered in time when Redis hangs after %i answers',
    async (callsBefore) => {
      const visitor = await startConversation()
      await visitor.send('Warm')
      gateway.setEnv(tight)
      fail('send', { when: 'after', what: 'hang' })
      gateway.redis.fault({ times: callsBefore, what: { slowMs: 0 } })
      gateway.redis.fault({ times: 50, what: 'hang' })
      const [ms] = await tookMs(() => visitor.send('Nobody is there'))
      expect(ms).toBeLessThan(timing.deadlineMs + timing.redisMs + toleranceMs)
    },
  )

  it.each([
    ['500', { what: { status: 500 } }],
    ['a hang', { what: 'hang' }],
    ['half an answer', { when: 'after', what: { status: 200, body: '{"id":"abc' } }],
    ['nonsense', { when: 'after', what: 'nonsense' }],
  ] as const)(
    'a send is never repeated after %s, however often it is asked for',
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
