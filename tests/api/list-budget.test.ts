/** Tests that no conversation is listed more often than its budget of looks allows. */
import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import send from '../../api/send.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem } from '../support/sending.js'
import { timed } from '../support/simulated-time.js'

const operation = 'listConversationEntries'
const gateway = setupGateway({ env: { LIMITS: '{}', REQUEST_DEADLINE_MS: '1000' } })

function lists(): string[] {
  return gateway.salesforceCalls().filter((call) => call.startsWith(operation))
}

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** Polls with a cursor until the burst of five looks is used up; returns the last response. */
async function emptyBucket(visitor: Visitor, cursor: string) {
  let last = await visitor.poll({ cursor })
  for (let polls = 0; polls < 6 && lists().length < 5; polls++)
    last = await visitor.poll({ cursor })
  expect(lists()).toHaveLength(5)
  return last
}

function passTime(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})

describe('poll while the budget of looks is used up', () => {
  it('returns 200 without messages, the same cursor and the time of the next look, and lists nothing', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await emptyBucket(visitor, cursor)
    gateway.salesforce.inject(visitor.conversationId, [{ text: 'Unseen' }])
    const { status, headers, body } = await expectNoSalesforceCalls(gateway, () =>
      visitor.poll({ cursor }),
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({ messages: [], cursor, hasMore: false, before: null })
    expect(body.pollAfterMs).toBeGreaterThan(0)
    expect(body.pollAfterMs).toBeLessThanOrEqual(3750)
    expect(headers.get('ratelimit-policy')).toContain('"list";q=20;w=60')
    expect(headers.get('ratelimit')).toMatch(/"list";r=0;t=\d+/)
    passTime(body.pollAfterMs)
    const next = await visitor.poll({ cursor })
    expect(textsOf(next.body)).toEqual(['Unseen'])
  })

  it('returns the state that the cursor was given with', async () => {
    const visitor = await startConversation()
    const { cursor, conversation } = (await visitor.poll()).body
    expect(conversation.handledBy).toBe('bot')
    await emptyBucket(visitor, cursor)
    expect((await visitor.poll({ cursor })).body.conversation).toEqual(conversation)
  })

  it.each([
    [0, 3000],
    [0.999, 3749],
  ])(
    'slows its pace to the refill, and a quarter more at random (%d), so that readers take turns',
    async (random, pollAfterMs) => {
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      vi.spyOn(Math, 'random').mockReturnValue(random)
      expect((await emptyBucket(visitor, cursor)).body.pollAfterMs).toBe(pollAfterMs)
    },
  )

  it('allows one look at once where a quarter of the limit is less than one', async () => {
    gateway.setEnv({ LIMITS: '{"list":[3,"1 m"]}' })
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const { body } = await expectNoSalesforceCalls(gateway, () => visitor.poll({ cursor }))
    passTime(body.pollAfterMs)
    await visitor.poll({ cursor })
    expect(lists()).toHaveLength(2)
  })

  it('makes one Redis request with two commands', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await visitor.poll({ cursor })
    const before = { ...gateway.redis.counts }
    await visitor.poll({ cursor })
    expect(gateway.redis.counts.requests - before.requests).toBe(1)
    expect(gateway.redis.counts.commands - before.commands).toBe(2)
  })

  it('returns 429 for a first page that cannot be read before the deadline', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await emptyBucket(visitor, cursor)
    const refused = await expectNoSalesforceCalls(gateway, () => visitor.poll())
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.body.retryAfterMs).toBeGreaterThan(1000)
    passTime(refused.body.retryAfterMs)
    expect((await visitor.poll()).status).toBe(200)
  })

  it('leaves the budget of another visitor alone when a stranger names the conversation', async () => {
    const visitor = await startConversation()
    const stranger = await startConversation()
    const { conversationId } = visitor
    for (let polls = 0; polls < 8; polls++) {
      expectProblem(await stranger.poll({ conversationId }), 404, 'conversation_not_found')
    }
    expect((await visitor.poll()).status).toBe(200)
    expect(lists()).toEqual([`${operation} 200`])
  })
})

describe('poll after a 429 of Salesforce', () => {
  async function refusedVisitor(headers: Record<string, string>) {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.fail({ operation, what: { status: 429, headers } })
    return { ...visitor, cursor, answer: await visitor.poll({ cursor }) }
  }

  it('answers from the cursor for the Retry-After of Salesforce, and logs one note', async () => {
    const { poll, cursor, answer } = await refusedVisitor({ 'retry-after': '9' })
    expect([answer.status, answer.body.messages, answer.body.cursor]).toEqual([200, [], cursor])
    expect(answer.body.pollAfterMs).toBe(9000)
    passTime(8_900)
    await expectNoSalesforceCalls(gateway, () => poll({ cursor }))
    const notes = gateway.logLines.filter((line) => line.includes('answered 429'))
    expect(notes).toHaveLength(1)
    passTime(200)
    expect((await poll({ cursor })).status).toBe(200)
    expect(lists().at(-1)).toBe(`${operation} 200`)
  })

  it('waits 5 s without a Retry-After, and twice as long each time up to 60 s', async () => {
    const { poll, cursor, answer } = await refusedVisitor({})
    const pauses = [answer.body.pollAfterMs]
    while (pauses.length < 6) {
      passTime(pauses.at(-1))
      gateway.salesforce.fail({ operation, what: { status: 429 } })
      pauses.push((await poll({ cursor })).body.pollAfterMs)
    }
    expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('waits no longer when two polls are refused at the same time', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.fail({ operation, times: 2, what: { status: 429 } })
    const together = () => visitor.poll({ cursor })
    const answers = await Promise.all([together(), together()])
    expect(lists().slice(1)).toEqual([`${operation} 429`, `${operation} 429`])
    expect(answers.map(({ body }) => body.pollAfterMs)).toEqual([5000, 5000])
    passTime(5000)
    gateway.salesforce.fail({ operation, what: { status: 429 } })
    expect((await together()).body.pollAfterMs).toBe(10_000)
  })

  it('begins with 5 s again when a minute passed without another refusal', async () => {
    const { poll, cursor } = await refusedVisitor({})
    passTime(5_000 + 60_000)
    gateway.salesforce.fail({ operation, what: { status: 429 } })
    expect((await poll({ cursor })).body.pollAfterMs).toBe(5000)
  })
})

describe('a burst of messages larger than the budget', () => {
  it('is returned once each, page by page, and each poll is told when the budget allows it', async () => {
    const visitor = await startConversation()
    let { cursor } = (await visitor.poll()).body
    const texts = Array.from({ length: 400 }, (_, index) => `Burst ${index}`)
    gateway.salesforce.inject(
      visitor.conversationId,
      texts.map((text, index) => ({ text, transcriptedTimestamp: Date.now() + index * 3 })),
    )
    passTime(5000)
    const given: string[] = []
    for (let polls = 0; polls < 60; polls++) {
      const before = lists().length
      const { body } = await visitor.poll({ cursor, limit: '100' })
      expect(lists().length, `looks of poll ${polls}`).toBeGreaterThan(before)
      given.push(...textsOf(body))
      cursor = body.cursor
      if (!body.hasMore && given.length >= texts.length) break
      passTime(body.pollAfterMs)
    }
    expect(given).toEqual(texts)
  })
})

describe('a send while the budget of looks is used up', () => {
  /** Loses the response of Salesforce to the next message, which takes effect. */
  function loseNextResponse(): void {
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
  }

  it('borrows up to three looks to find out that a message arrived', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await emptyBucket(visitor, cursor)
    for (let count = 1; count <= 3; count++) {
      loseNextResponse()
      expect((await visitor.send(`Message ${count}`)).status).toBe(202)
      expect(lists()).toHaveLength(5 + count)
    }
    loseNextResponse()
    const id = randomUUID()
    const { answer } = await timed(() => visitor.send('Message 4', id))
    expectProblem(answer, 503, 'upstream_unavailable')
    expect(lists()).toHaveLength(8)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15_000 })
    const repeated = await visitor.send('Message 4', id)
    expect([repeated.status, repeated.body.duplicate]).toEqual([202, true])
  })

  it('pays back what was borrowed before a poll looks again', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await emptyBucket(visitor, cursor)
    loseNextResponse()
    await visitor.send('Borrowed')
    const { body } = await visitor.poll({ cursor })
    expect(body.pollAfterMs).toBeGreaterThanOrEqual(6000)
    expect(body.pollAfterMs).toBeLessThanOrEqual(6750)
  })

  it('is made without the titles of an answer, and without a look', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await emptyBucket(visitor, cursor)
    const body = {
      conversationId: visitor.conversationId,
      messageType: 'ChoiceResponseMessage',
      inReplyToMessageId: '1795000000000-REQ-1',
      selections: [{ itemId: 'one' }],
    }
    expect((await request(send, { token: visitor.token, body })).status).toBe(202)
    expect(lists()).toHaveLength(5)
  })
})
