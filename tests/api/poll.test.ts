import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import poll from '../../api/poll.js'
import type { InjectionInput } from '../../sandbox/salesforce/index.js'
import { signInAsGuest, startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway()
simulateEachTest()

type Shown = { id: string; timestamp: string; text: string }

/**
 * Lets the visitor say so much, in five minutes, that the newest pages do not show the participants;
 * the clock moves on to its end.
 */
function injectMonologue(conversationId: string): void {
  const startedAt = Date.now()
  const messages = Array.from(
    { length: 160 },
    (_, index): InjectionInput => ({
      text: `${index}`,
      from: 'EndUser',
      transcriptedTimestamp: startedAt + index * 2000,
    }),
  )
  gateway.salesforce.inject(conversationId, messages)
  shiftClock(messages.length * 2000)
}

describe('poll', () => {
  it("returns 200 with messages, oldest first, a cursor and the conversation's state", async () => {
    const visitor = await startConversation()
    await visitor.send('Hello')
    const { status, headers, body } = await visitor.poll()
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      cursor: expect.any(String),
      hasMore: false,
      before: null,
      pollAfterMs: 3000,
      waitSeconds: 0,
      conversation: {
        id: visitor.conversationId,
        status: 'open',
        handledBy: 'bot',
        participants: [{ role: 'Chatbot', displayName: 'Harbor Assistant' }],
        endedBy: null,
        estimatedWaitSeconds: null,
        expiresAt: visitor.started.expiresAt,
      },
    })
    const times = body.messages.map(({ timestamp }: Shown) => timestamp)
    expect(times).toEqual([...times].sort())
    expect(textsOf(body)).toContain('Hello')
    for (const message of body.messages) {
      expect(message).toMatchObject({
        conversationId: visitor.conversationId,
        sender: { role: expect.any(String) },
      })
    }
  })

  it('returns what came since the cursor, and the same for the same cursor', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    await visitor.send('New')
    const [once, again] = [await visitor.poll({ cursor }), await visitor.poll({ cursor })]
    expect(textsOf(once.body)).toEqual(['New', 'You said “New”. Is there more I can do?'])
    expect(again.body.messages).toEqual(once.body.messages)
    const after = await visitor.poll({ cursor: once.body.cursor })
    expect(after.body.messages).toEqual([])
  })

  it('makes one Redis request and one Salesforce request on each page', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    for (const query of [{ cursor }, {}]) {
      const { requests } = gateway.redis.counts
      const calls = gateway.salesforceCalls().length
      await visitor.poll(query)
      expect(gateway.redis.counts.requests - requests).toBe(1)
      expect(gateway.salesforceCalls().slice(calls)).toEqual(['listConversationEntries 200'])
    }
  })

  it('asks for the routing status once when the newest entries do not show the participants', async () => {
    const visitor = await startConversation()
    injectMonologue(visitor.conversationId)
    const first = await visitor.poll()
    const asked = () =>
      gateway.salesforceCalls().filter((call) => call.startsWith('retrieveConversationRouting'))
    expect(asked()).toHaveLength(1)
    expect(first.body.conversation).toMatchObject({ handledBy: 'unknown', participants: [] })
    await visitor.poll({ cursor: first.body.cursor })
    expect(asked()).toHaveLength(1)
  })

  it('returns the newest page when the routing status cannot be read', async () => {
    const visitor = await startConversation()
    injectMonologue(visitor.conversationId)
    gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
    gateway.salesforce.fail({
      operation: 'retrieveConversationRoutingStatus',
      times: 9,
      what: { status: 500 },
    })
    const { status, body } = await visitor.poll()
    expect(status).toBe(200)
    expect(body.conversation.handledBy).toBe('unknown')
  })

  it('returns the history back to the beginning page by page', async () => {
    const visitor = await startConversation()
    const start = Date.now()
    const texts = Array.from({ length: 23 }, (_, index) => `Message ${index}`)
    gateway.salesforce.inject(
      visitor.conversationId,
      texts.map((text, index) => ({
        text,
        transcriptedTimestamp: start + 1000 + Math.floor(index / 4),
      })),
    )
    let page = (await visitor.poll({ limit: '5' })).body
    const pages: Shown[][] = [page.messages]
    while (page.before !== null) {
      expect(page.messages.length).toBe(5)
      page = (await visitor.poll({ before: page.before, limit: '5' })).body
      expect(page).toMatchObject({ cursor: null, hasMore: false })
      pages.unshift(page.messages)
    }
    const whole = pages.flat()
    expect(whole.map(({ text }) => text).filter((text) => text.startsWith('Message'))).toEqual(
      texts,
    )
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length)
    const all = (await visitor.poll({ limit: '100' })).body
    expect(whole).toEqual(all.messages)
  })

  it('returns a longer pollAfterMs before its limit, then 429 without a Salesforce call', async () => {
    // Polls are counted per minute of the clock, so the test begins with one.
    shiftClock(60_000 - (Date.now() % 60_000))
    gateway.setEnv({ LIMITS: '{"poll":[6,"1 m"],"list":[1000000,"1 m"]}' })
    const visitor = await startConversation()
    const paces: number[] = []
    for (let count = 0; count < 6; count += 1) paces.push((await visitor.poll()).body.pollAfterMs)
    expect(Math.min(...paces)).toBeGreaterThanOrEqual(3000)
    expect(paces.at(-1)).toBeGreaterThan(3000)
    const refused = await expectNoSalesforceCalls(gateway, () => visitor.poll())
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.headers.get('ratelimit-policy')).toMatch(/"poll";q=6;w=60/)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it.each([-600_000, 600_000])(
    'keeps its pace when the clocks differ by %i ms',
    async (clockSkewMs) => {
      gateway.salesforce.switches.clockSkewMs = clockSkewMs
      const visitor = await startConversation()
      await visitor.send('Hello')
      const first = (await visitor.poll()).body
      expect(first.pollAfterMs).toBe(3000)
      await visitor.send('Again')
      const next = (await visitor.poll({ cursor: first.cursor })).body
      expect(textsOf(next)).toEqual(['Again', 'You said “Again”. Is there more I can do?'])
      expect(next.pollAfterMs).toBe(3000)
    },
  )

  it('returns a longer pollAfterMs while no message comes', async () => {
    const visitor = await startConversation()
    shiftClock(5 * 60_000)
    expect((await visitor.poll()).body.pollAfterMs).toBe(10_000)
  })
})

describe('poll with invalid input', () => {
  const conversationId = randomUUID()
  const wrong: [name: string, query: Record<string, string>, path: string][] = [
    ['no conversation', {}, 'conversationId'],
    [
      'an upper-case conversation',
      { conversationId: conversationId.toUpperCase() },
      'conversationId',
    ],
    ...['0', '101', '-1', '1.5', '1e1', 'all', '', ' 5'].map(
      (limit): [string, Record<string, string>, string] => [
        `a limit of "${limit}"`,
        { conversationId, limit },
        'limit',
      ],
    ),
    ['a wait of 26 seconds', { conversationId, wait: '26' }, 'wait'],
    ['a negative wait', { conversationId, wait: '-1' }, 'wait'],
    ['an empty cursor', { conversationId, cursor: '' }, 'cursor'],
    ['cursor and before together', { conversationId, cursor: 'a', before: 'b' }, 'before'],
    ['an unknown parameter', { conversationId, crusor: 'a' }, 'crusor'],
  ]
  it('returns 400 that names the wrong query parameter and makes no Salesforce call', async () => {
    const { token } = await signInAsGuest()
    for (const [name, query, path] of wrong) {
      const { status, body } = await expectNoSalesforceCalls(gateway, () =>
        request(poll, { token, query }),
      )
      expect([name, status, body.code]).toEqual([name, 400, 'invalid_request'])
      expect(body.errors, name).toMatchObject([{ path }])
    }
  })

  it.each(['1', '100'])('accepts a limit of %s', async (limit) => {
    const visitor = await startConversation()
    expect((await visitor.poll({ limit })).body.messages).toHaveLength(limit === '1' ? 1 : 4)
  })

  it('returns 400 cursor_invalid for a cursor of another conversation or an altered one', async () => {
    const [visitor, otherVisitor] = [await startConversation(), await startConversation()]
    await visitor.send('Hello')
    const newestPage = (await visitor.poll({ limit: '1' })).body
    const other = (await otherVisitor.poll({ limit: '1' })).body
    const swapped = newestPage.cursor.at(-3) === 'A' ? 'B' : 'A'
    const cursors = {
      'of another conversation': { cursor: other.cursor },
      'history mark of another conversation': { before: other.before },
      'a history mark as cursor': { cursor: newestPage.before },
      'a cursor as history mark': { before: newestPage.cursor },
      garbage: { cursor: 'garbage' },
      'not base64url': { cursor: '💬💬' },
      'one letter changed': {
        cursor: `${newestPage.cursor.slice(0, -3)}${swapped}${newestPage.cursor.slice(-2)}`,
      },
      truncated: { cursor: newestPage.cursor.slice(0, 40) },
      doubled: { before: `${newestPage.before}${newestPage.before}` },
    }
    for (const [name, query] of Object.entries(cursors)) {
      const answer = await expectNoSalesforceCalls(gateway, () => visitor.poll(query))
      expect([name, answer.status, answer.body.code]).toEqual([name, 400, 'cursor_invalid'])
    }
    expect((await visitor.poll({ cursor: newestPage.cursor })).status).toBe(200)
  })

  it('accepts a cursor after SESSION_SECRET was rotated', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const old = 'a-secret-of-at-least-thirty-two-bytes'
    gateway.setEnv({ SESSION_SECRET: `another-secret-of-thirty-two-bytes-or-more,${old}` })
    expect((await visitor.poll({ cursor })).status).toBe(200)
  })

  it.each(['drop', 'hang', { status: 500 }] as const)(
    'returns 503 store_unavailable while Redis fails and makes no Salesforce call: %o',
    async (what) => {
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      gateway.setEnv({ REDIS_TIMEOUT_MS: '100' })
      gateway.redis.fault({ what })
      const answer = await expectNoSalesforceCalls(gateway, () => visitor.poll({ cursor }))
      expectProblem(answer, 503, 'store_unavailable')
      expect(answer.body.retryable).toBe(true)
      expect((await visitor.poll({ cursor })).status).toBe(200)
    },
  )
})

describe('poll against misuse', () => {
  it("returns 404 for another visitor's or an unknown conversation and makes no Salesforce call", async () => {
    const owner = await startConversation()
    const { cursor } = (await owner.poll()).body
    const { token } = await signInAsGuest()
    for (const conversationId of [owner.conversationId, randomUUID()]) {
      for (const query of [{ conversationId }, { conversationId, cursor }]) {
        const answer = await expectNoSalesforceCalls(gateway, () => request(poll, { token, query }))
        expectProblem(answer, 404, 'conversation_not_found')
      }
    }
  })

  it('returns 410 for a record that was copied from another visitor', async () => {
    const [owner, thief] = [await startConversation(), await startConversation()]
    const field = `c:${owner.conversationId}`
    const keys = await keysOf(gateway, '*:visitor:*')
    const ownerKey = keys.find((key) => key.includes(owner.user.id)) ?? ''
    const thiefKey = keys.find((key) => key.includes(thief.user.id)) ?? ''
    const record = await gateway.redisBackend.execute(['HGET', ownerKey, field])
    await gateway.redisBackend.execute(['HSET', thiefKey, field, String(record)])
    const query = { conversationId: owner.conversationId }
    const answer = await expectNoSalesforceCalls(gateway, () =>
      request(poll, { token: thief.token, query }),
    )
    expectProblem(answer, 410, 'conversation_lost')
  })

  it('returns 401 without a token before any request to Redis or Salesforce', async () => {
    const { requests } = gateway.redis.counts
    const query = { conversationId: randomUUID() }
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => request(poll, { query })),
      401,
      'unauthenticated',
    )
    expect(gateway.redis.counts.requests).toBe(requests)
  })

  it("removes control characters and decodes entities in a bot's text", async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    gateway.salesforce.inject(visitor.conversationId, [
      { text: 'It&#39;s &lt;b&gt;bold&lt;/b&gt;\u0000\u001b[31m&#8;', from: 'Chatbot' },
      { text: 'I wrote &lt;b&gt; myself\u0007', from: 'EndUser' },
    ])
    const { body } = await visitor.poll({ cursor })
    expect(textsOf(body)).toEqual(["It's <b>bold</b>[31m", 'I wrote &lt;b&gt; myself'])
  })

  it('returns a sealed cursor of bounded size', async () => {
    const visitor = await startConversation()
    await visitor.send('Hello')
    const { cursor } = (await visitor.poll()).body
    const plain = Buffer.from(cursor, 'base64url').toString('latin1')
    expect(plain).not.toContain('Harbor')
    expect(cursor.length).toBeLessThan(6144)
  })
})
