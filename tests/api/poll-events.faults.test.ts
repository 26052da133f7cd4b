/** Tests polls that wait while Salesforce's event stream tells them when to look. */
import { describe, expect, it } from 'vitest'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectNoSalesforceCalls } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: { SALESFORCE_EVENTS: 'wait' } })
simulateEachTest()

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Opens a conversation and reads its first page. */
async function openConversation() {
  const visitor = await startConversation()
  const first = (await visitor.poll()).body
  return { ...visitor, first, cursor: String(first.cursor) }
}

type Visitor = Awaited<ReturnType<typeof openConversation>>

/** Polls with `wait`, does something meanwhile, and returns the response and its duration. */
async function waitFor(
  visitor: Visitor,
  change: () => unknown,
  { wait = '5', afterMs = 150 }: { wait?: string; afterMs?: number } = {},
) {
  const startedAt = Date.now()
  const calls = gateway.salesforceCalls().length
  const answer = visitor.poll({ cursor: visitor.cursor, wait })
  await sleep(afterMs)
  await change()
  const { status, body } = await answer
  expect(status).toBe(200)
  return {
    body,
    ms: Date.now() - startedAt,
    calls: gateway.salesforceCalls().slice(calls),
  }
}

const inject = (visitor: Visitor, text: string) =>
  gateway.salesforce.inject(visitor.conversationId, [{ text }])

describe('poll with events', () => {
  it('tells the next poll to wait 25 s and to come at once', async () => {
    const { first } = await openConversation()
    expect([first.pollAfterMs, first.waitSeconds]).toEqual([0, 25])
    expect(first.activity).toBeUndefined()
  })

  it('returns a message at once when the stream tells of it, with one look', async () => {
    const visitor = await openConversation()
    const { body, ms, calls } = await waitFor(visitor, () => inject(visitor, 'Here I am'))
    expect(textsOf(body)).toEqual(['Here I am'])
    expect(ms).toBeLessThan(600)
    expect(calls).toEqual(['serverSentEvents 200', 'listConversationEntries 200'])
    const next = await waitFor({ ...visitor, cursor: String(body.cursor) }, () => undefined, {
      wait: '3',
    })
    expect(next.calls).toEqual(['serverSentEvents 200', 'listConversationEntries 200'])
  })

  it('makes three calls to Salesforce for a message after its first second', async () => {
    const visitor = await openConversation()
    const change = () => inject(visitor, 'Here I am')
    const { body, ms, calls } = await waitFor(visitor, change, { afterMs: 1300 })
    expect(textsOf(body)).toEqual(['Here I am'])
    expect(ms).toBeLessThan(1800)
    expect(calls).toEqual([
      'serverSentEvents 200',
      'listConversationEntries 200',
      'listConversationEntries 200',
    ])
  })

  it.each([
    ['just after the last poll', 0],
    ['4 s after the last poll', 4000],
  ])(
    'returns within 2 s what no stream told it, and what the list shows late, %s',
    async (_when, pauseMs) => {
      const visitor = await openConversation()
      await sleep(pauseMs)
      gateway.salesforce.inject(visitor.conversationId, [{ text: 'Late', visibleAfterMs: 700 }])
      const { body, ms } = await waitFor(visitor, () => undefined, { wait: '10' })
      expect(textsOf(body)).toEqual(['Late'])
      expect(ms).toBeLessThan(2000)
    },
    15_000,
  )

  it('returns what the stream tells and no list holds, not before its first second', async () => {
    const visitor = await openConversation()
    const { body, ms } = await waitFor(visitor, () => {
      gateway.salesforce.agentTypes(visitor.conversationId, 'Started')
      gateway.salesforce.progress(visitor.conversationId, 'Looking up your order')
      gateway.salesforce.queuePosition(visitor.conversationId, 3)
    })
    expect(body.messages).toEqual([])
    expect(body.activity).toEqual({
      typing: [{ role: 'Chatbot', displayName: 'Harbor Assistant' }],
      progress: 'Looking up your order',
      queuePosition: 3,
      partial: null,
    })
    expect(ms).toBeGreaterThan(990)
    expect(ms).toBeLessThan(1500)
  })

  it.each([
    [
      'somebody who stops typing',
      { entryType: 'TypingStoppedIndicator', timestamp: 1 },
      { typing: [], partial: null },
    ],
    [
      'a streamed text that is taken back',
      {
        entryType: 'StreamingToken',
        streamingToken: {
          tokenType: 'StreamingTokenValidation',
          targetMessageIdentifier: 'm1',
          sequenceNumber: 2,
          result: { valid: false },
        },
      },
      { typing: [], partial: { messageId: 'm1', invalid: true } },
    ],
  ])('is ended by %s, not before its first second', async (_, payload, activity) => {
    const visitor = await openConversation()
    const { body, ms } = await waitFor(visitor, () =>
      gateway.salesforce.inject(visitor.conversationId, [{ payload, from: 'Agent' }]),
    )
    expect(body).toMatchObject({ messages: [], activity })
    expect(ms).toBeGreaterThan(990)
    expect(ms).toBeLessThan(3000)
  })

  it('waits to its end when nothing happens, with one look', async () => {
    const visitor = await openConversation()
    const { body, ms, calls } = await waitFor(visitor, () => undefined, { wait: '2' })
    expect(body.messages).toEqual([])
    expect(body.activity).toEqual({
      typing: [],
      progress: null,
      queuePosition: null,
      partial: null,
    })
    expect(ms).toBeGreaterThan(1990)
    expect(calls).toEqual(['serverSentEvents 200', 'listConversationEntries 200'])
  })

  it('returns what happened before the stream opened and is listed a moment later', async () => {
    const visitor = await openConversation()
    gateway.salesforce.inject(visitor.conversationId, [
      { text: 'Without a ring', visibleAfterMs: 400 },
    ])
    const { body, ms } = await waitFor(visitor, () => undefined)
    expect(textsOf(body)).toEqual(['Without a ring'])
    expect(ms).toBeLessThan(1500)
  })

  it.each(['refused', 'hanging'] as const)(
    'looks at the pace of the conversation when the opening is %s, and tries no stream for a minute',
    async (opening) => {
      gateway.salesforce.switches.stream.opening = opening
      const visitor = await openConversation()
      const { body, ms } = await waitFor(visitor, () => inject(visitor, 'Late'), { wait: '6' })
      expect(textsOf(body)).toEqual(['Late'])
      expect(ms).toBeLessThan(opening === 'refused' ? 4000 : 6000)
      expect(body.waitSeconds).toBe(0)
      expect(body.pollAfterMs).toBeGreaterThanOrEqual(3000)
      expect(gateway.logLines.join('\n')).toContain('Salesforce opened no event stream')
      gateway.salesforce.switches.stream.opening = 'accepted'
      expect((await visitor.poll({ cursor: body.cursor })).body.waitSeconds).toBe(0)
      expect((await openConversation()).first.waitSeconds, 'of another').toBe(0)
    },
    15_000,
  )

  it('looks at the pace of the conversation after a stream that ends early', async () => {
    gateway.salesforce.switches.stream.endsAfterMs = 100
    const visitor = await openConversation()
    const { body, ms } = await waitFor(visitor, () => inject(visitor, 'After the cut'), {
      wait: '6',
      afterMs: 1300,
    })
    expect(textsOf(body)).toEqual(['After the cut'])
    expect(ms).toBeGreaterThan(2000)
    expect(ms).toBeLessThan(4500)
    expect(body.waitSeconds).toBe(0)
    expect((await openConversation()).first.waitSeconds, 'of another').toBe(25)
  }, 15_000)

  it('looks at the pace of the conversation after a stream whose token is refused, others do not', async () => {
    gateway.salesforce.fail({ operation: 'serverSentEvents', what: { status: 401 } })
    const visitor = await openConversation()
    const { body } = await waitFor(visitor, () => undefined, { wait: '1' })
    expect(body.waitSeconds).toBe(0)
    const other = await openConversation()
    expect(other.first.waitSeconds).toBe(25)
  })

  it('has waitSeconds 0 after the end of the conversation', async () => {
    const visitor = await openConversation()
    const { body } = await waitFor(visitor, () => visitor.end())
    expect(body.conversation.status).toBe('ended')
    expect(body.waitSeconds).toBe(0)
  })
})

describe('poll with events and a used-up budget of looks', () => {
  it('returns what the stream tells, and looks as soon as the budget allows', async () => {
    gateway.setEnv({ LIMITS: '{"list":[20,"1 m"]}' })
    const visitor = await openConversation()
    for (let polls = 0; polls < 5; polls++) await visitor.poll({ cursor: visitor.cursor })
    await expectNoSalesforceCalls(gateway, () => visitor.poll({ cursor: visitor.cursor }))
    const { body, ms } = await waitFor(visitor, () => inject(visitor, 'When allowed'), {
      wait: '6',
    })
    expect(textsOf(body)).toEqual(['When allowed'])
    // The budget refills every 3 s, and spreads readers over a quarter of that.
    expect(ms).toBeLessThan(4000)
  }, 15_000)

  it('has waitSeconds 0 when it is answered from a cursor of a closed conversation', async () => {
    gateway.setEnv({ LIMITS: '{"list":[8,"10 m"]}' })
    const visitor = await openConversation()
    gateway.salesforce.inject(visitor.conversationId, [
      { payload: { entryType: 'CloseConversation' } },
    ])
    const { cursor } = (await visitor.poll({ cursor: visitor.cursor })).body
    const { body } = await expectNoSalesforceCalls(gateway, () => visitor.poll({ cursor }))
    expect([body.conversation.status, body.waitSeconds]).toEqual(['ended', 0])
  })

  it('takes no look for a wait that activity ended', async () => {
    gateway.setEnv({ LIMITS: '{"list":[8,"10 m"]}' })
    const visitor = await openConversation()
    const typing = await waitFor(visitor, () =>
      gateway.salesforce.agentTypes(visitor.conversationId, 'Started'),
    )
    expect(typing.calls).toEqual(['serverSentEvents 200'])
    const { body } = await waitFor(visitor, () => inject(visitor, 'The last look'))
    expect(textsOf(body)).toEqual(['The last look'])
  }, 15_000)
})
