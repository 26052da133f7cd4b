import { randomUUID } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import availability from '../../api/availability.js'
import conversations from '../../api/conversations.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import transcript from '../../api/transcript.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { openScene } from '../dialects/scene.js'
import { dialects } from '../dialects/table.js'
import { type Answer, knock } from '../support/knock.js'
import { arrive, visit } from '../support/visit.js'
import { expectProblem } from './saying.js'
import { attachments, uploader } from './uploading.js'

type Visitor = Awaited<ReturnType<typeof uploader>>
type Operation = FaultInput['operation']
type Act = (visitor: Visitor) => Promise<Answer>

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
  knock(send, {
    token: visitor.token,
    body: { conversationId: visitor.conversationId, ...body },
  })

/** A further conversation, for another visitor. */
const begin: Act = async () => knock(start, { token: (await arrive()).token, body: {} })

async function tookMs(work: () => Promise<Answer>): Promise<[number, Answer]> {
  const startedAt = performance.now()
  const answer = await work()
  return [performance.now() - startedAt, answer]
}

describe.each(first)('with $name', (dialect) => {
  const { world } = openScene({
    ...dialect,
    salesforce: { attachments, allowTranscriptDownload: true },
  })

  const hanging: [what: string, act: Act, operations: Operation[]][] = [
    ['a send', ({ say }) => say('Hi'), ['sendMessage', 'listConversationEntries']],
    ['a send that cannot be looked for', ({ say }) => say('Hi'), ['listConversationEntries']],
    ['an upload', ({ upload }) => upload(), ['sendFile', 'listConversationEntries']],
    ['a poll', ({ poll }) => poll(), ['listConversationEntries']],
    ['a start without a token', begin, ['generateAccessTokenForUnauthenticatedUser']],
    ['a start', begin, ['createConversation']],
    ['an end', ({ end }) => end(), ['closeConversation']],
  ]

  it.each(hanging)('%s is answered by its deadline when Salesforce hangs', async (...row) => {
    const [what, act, operations] = row
    const visitor = await uploader()
    world.setEnv(tight)
    if (what.includes('looked for')) {
      world.salesforce.fail({ operation: 'sendMessage', what: { status: 500 } })
    }
    for (const operation of operations) {
      world.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(answer.body.retryable).toBe(true)
    expect(ms).toBeLessThan(timing.deadlineMs + toleranceMs)
  })

  const lastWords: [when: string, passes: number][] = [
    ['before it is claimed', 1],
    ['when it is to be logged', 2],
  ]
  it.each(lastWords)('a send waits for Redis once more, not longer, %s', async (_, passes) => {
    const visitor = await visit()
    await visitor.say('Warm')
    world.setEnv(tight)
    world.salesforce.fail({ operation: '*', times: 50, what: 'hang' })
    world.redis.fault({ times: passes, what: { slowMs: 0 } })
    world.redis.fault({ times: 50, what: 'hang' })
    const [ms, answer] = await tookMs(() => visitor.say('Nobody is there'))
    expect(answer.body.retryable).toBe(true)
    expect(ms).toBeLessThan(timing.deadlineMs + timing.redisMs + toleranceMs)
  })

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
      ({ token, conversationId }) => knock(transcript, { token, query: { conversationId } }),
      'retrieveConversationTranscript',
    ],
    ['business hours', () => knock(availability), 'getBusinessHours'],
    [
      'a list of conversations',
      ({ token }) => knock(conversations, { token, query: { refresh: 'true' } }),
      'listConversations',
    ],
  ]

  it.each(harmless)('%s is asked again, for that is harmless', async (_, act, operation) => {
    const visitor = await uploader()
    const before = world.salesforce.exchanges.length
    world.salesforce.fail({ operation, what: { status: 503 } })
    expect((await act(visitor)).status).toBeLessThan(300)
    const heard = world.salesforce.exchanges.slice(before)
    expect(heard.filter(({ operationId }) => operationId === operation)).toHaveLength(2)
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
    const visitor = await uploader()
    const before = world.salesforce.exchanges.length
    world.salesforce.fail({ operation, times: 9, what: { status: 503 } })
    expectProblem(await act(visitor), 503, 'upstream_unavailable')
    const heard = world.salesforce.exchanges.slice(before)
    expect(heard.filter(({ operationId }) => operationId === operation)).toHaveLength(1)
  })

  it.each(['sendMessage', 'sendFile'] as const)(
    '%s is repeated only after a look that would have shown it',
    async (operation) => {
      world.setEnv({ SEND_SETTLE_MS: '150', REQUEST_DEADLINE_MS: '6000' })
      const { say, upload } = await uploader()
      const before = world.salesforce.exchanges.length
      world.salesforce.fail({ operation, times: 2, what: { status: 503 } })
      const act = operation === 'sendFile' ? upload() : say('Again, with care')
      expect((await act).status).toBe(202)
      const heard = world.salesforce.exchanges.slice(before)
      const sends = heard.filter(({ operationId }) => operationId === operation)
      expect(sends).toHaveLength(3)
      for (const [index, { at }] of sends.slice(0, -1).entries()) {
        const next = sends[index + 1]?.at ?? 0
        const looks = heard.filter(
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
    world.setEnv({ REQUEST_DEADLINE_MS: '8000' })
    const { poll } = await visit()
    const before = world.salesforce.exchanges.length
    vi.spyOn(Math, 'random').mockReturnValue(random)
    world.salesforce.fail({ operation: 'listConversationEntries', times: 9, what: 'drop' })
    expectProblem(await poll(), 503, 'upstream_unavailable')
    const moments = world.salesforce.exchanges.slice(before).map(({ at }) => at)
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

  const soon = () => new Date(Date.now() + 2500).toUTCString()
  it.each([
    ['seconds', () => '1'],
    ['a date', soon],
  ])('asks again when Salesforce wants to be asked, told in %s', async (_, when) => {
    world.setEnv({ REQUEST_DEADLINE_MS: '8000' })
    const { poll } = await visit()
    const before = world.salesforce.exchanges.length
    const what = { status: 503, headers: { 'retry-after': when() } }
    world.salesforce.fail({ operation: 'listConversationEntries', what })
    expect((await poll()).status).toBe(200)
    const [asked, again] = world.salesforce.exchanges.slice(before)
    expect((again?.at ?? 0) - (asked?.at ?? 0)).toBeGreaterThanOrEqual(980)
  })
})

describe.each(guide)('with the $name dialect', (dialect) => {
  const { world, fail, exchangesOf, stored, name } = openScene(dialect)

  const hanging: [what: string, act: Act, operations: Operation[]][] = [
    ['a send', ({ say }) => say('Hi'), ['postMessage']],
    ['a poll', ({ poll }) => poll(), ['listMessages']],
    ['a start without a login', begin, ['exchangeAssertion']],
    ['a start', begin, ['startConversation']],
    ['an end', ({ end }) => end(), ['endConversation']],
  ]
  it.each(hanging)('%s is answered by its deadline when Salesforce hangs', async (...row) => {
    const [, act, operations] = row
    const visitor = await uploader()
    world.setEnv(tight)
    for (const operation of operations) {
      world.salesforce.fail({ operation, times: 50, what: 'hang' })
    }
    const [ms, answer] = await tookMs(() => act(visitor))
    expect(answer.status, JSON.stringify(answer.body)).toBeGreaterThanOrEqual(503)
    expect(ms).toBeLessThan(timing.deadlineMs + toleranceMs)
  })

  it.each([2, 3])(
    'a send is answered in time when Redis hangs after %i answers',
    async (passes) => {
      const visitor = await visit()
      await visitor.say('Warm')
      world.setEnv(tight)
      fail('say', { when: 'after', what: 'hang' })
      world.redis.fault({ times: passes, what: { slowMs: 0 } })
      world.redis.fault({ times: 50, what: 'hang' })
      const [ms] = await tookMs(() => visitor.say('Nobody is there'))
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
      world.setEnv(tight)
      const { say } = await visit()
      const id = randomUUID()
      fail('say', row[1])
      await say('Once at most', id)
      for (const _ of [1, 2]) {
        const repeat = await say('Once at most', id)
        if (repeat.status !== 202) expect(repeat.body.retryable).toBe(false)
      }
      expect(exchangesOf('say')).toHaveLength(1)
      expect(stored(name()).length).toBeLessThanOrEqual(1)
    },
  )
})
