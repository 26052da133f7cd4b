import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import poll from '../../api/poll.js'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { request } from '../support/request.js'
import { expectProblem, shiftClock } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** Polls until nothing more is waiting and returns the texts and the sizes of the pages. */
async function readOn({ poll }: Pick<Visitor, 'poll'>, from: string, limit: number) {
  const texts: string[] = []
  const sizes: number[] = []
  for (let cursor = from; ; ) {
    const { status, body } = await poll({ cursor, limit: String(limit) })
    expect(status).toBe(200)
    expect(body.cursor.length).toBeLessThanOrEqual(6144)
    texts.push(...textsOf(body))
    sizes.push(body.messages.length)
    cursor = body.cursor
    if (!body.hasMore) return { texts, sizes, cursor }
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `Number ${index}`)

describe.each(dialects)('poll through the dialect $name', (dialect) => {
  const setup = setupDialect(dialect)
  const { gateway, fail, exchangesOf } = setup
  simulateEachTest()
  const lists = dialect.resolvesUnclearSends ? '*/entries' : '*/messages'

  /** Injects this many messages, spread evenly. */
  function injectMessages(count: number, withinMs: number, from = Date.now()) {
    gateway.salesforce.inject(
      setup.name(),
      numbered(count).map((text, index) => ({
        text,
        transcriptedTimestamp: from + Math.floor((index * withinMs) / count),
      })),
    )
  }

  describe('for an entry that shows late', () => {
    it.each([29_900, 30_000])(
      'returns an entry once that is %i ms older than the newest one returned',
      async (olderMs) => {
        const visitor = await startConversation()
        shiftClock(60_000)
        const { cursor } = (await visitor.poll()).body
        const at = Date.now()
        gateway.salesforce.inject(setup.name(), [
          { text: 'Late', transcriptedTimestamp: at, visibleAfterMs: olderMs + 4000 },
          { text: 'Newest', transcriptedTimestamp: at + olderMs },
        ])
        shiftClock(60_000 + olderMs + 2000)
        const first = await readOn(visitor, cursor, 50)
        expect(first.texts).toEqual(['Newest'])
        shiftClock(60_000 + olderMs + 4000)
        const next = await readOn(visitor, first.cursor, 50)
        expect(next.texts).toEqual(['Late'])
        expect((await readOn(visitor, next.cursor, 50)).texts).toEqual([])
      },
    )
  })

  describe('for an entry whose time lies ahead of Salesforce’s clock', () => {
    it.each([60_000, 3_600_000])(
      'returns everything said after a first page that holds one %i ms ahead',
      async (aheadMs) => {
        const visitor = await startConversation()
        shiftClock(60_000)
        const ahead = { text: 'Ahead', transcriptedTimestamp: Date.now() + aheadMs }
        gateway.salesforce.inject(setup.name(), [ahead])
        const { body } = await visitor.poll()
        expect(textsOf(body)).toContain('Ahead')
        let { cursor } = body
        for (const text of ['One', 'Two']) {
          gateway.salesforce.inject(setup.name(), [{ text }])
          const read = await readOn(visitor, cursor, 50)
          expect(read.texts).toEqual([text])
          cursor = read.cursor
        }
        expect((await visitor.send('Is anybody there?', randomUUID())).status).toBe(202)
        expect((await readOn(visitor, cursor, 50)).texts).toContain('Is anybody there?')
      },
    )
  })

  describe('with different clocks', () => {
    // The login's assertion lives for five minutes, which bounds how far ahead the clock can be.
    it.each([-300_000, 290_000])(
      'sends, returns and waits as usual when they differ by %i ms',
      async (clockSkewMs) => {
        gateway.salesforce.switches.clockSkewMs = clockSkewMs
        const visitor = await startConversation()
        const { cursor } = (await visitor.poll()).body
        const id = randomUUID()
        expect((await visitor.send('What time is it?', id)).status).toBe(202)
        const read = await readOn(visitor, cursor, 1)
        expect(read.texts[0]).toBe('What time is it?')
        const { body } = await visitor.poll({ cursor: read.cursor })
        expect(body.messages).toEqual([])
        expect(body.pollAfterMs).toBe(3000)
        shiftClock(3_000)
        gateway.salesforce.inject(setup.name(), [{ text: 'Late', visibleAfterMs: 20_000 }])
        shiftClock(10_000)
        gateway.salesforce.inject(setup.name(), [{ text: 'Later' }])
        const later = await readOn(visitor, read.cursor, 50)
        expect(later.texts).toEqual(['Later'])
        shiftClock(24_000)
        expect((await readOn(visitor, later.cursor, 50)).texts).toEqual(['Late'])
      },
    )

    it.runIf(dialect.resolvesUnclearSends).each([-300_000, 300_000])(
      'finds a message whose response was lost when they differ by %i ms',
      async (clockSkewMs) => {
        gateway.salesforce.switches.clockSkewMs = clockSkewMs
        const visitor = await startConversation()
        const id = randomUUID()
        fail('send', { when: 'after' })
        expect((await visitor.send('Once', id)).status).toBe(202)
        fail('send', { when: 'before', what: { status: 503 } })
        expect((await visitor.send('Twice', randomUUID())).status).toBe(202)
        expect(setup.stored(setup.name())).toEqual(['Once', 'Twice'])
      },
    )
  })

  describe('with many entries at once', () => {
    it.each([
      [60, 1],
      [300, 100],
    ])('returns all of %i in one second, %i a page', async (count, limit) => {
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      injectMessages(count, 1000)
      const { texts, sizes } = await readOn(visitor, cursor, limit)
      expect(texts).toEqual(numbered(count))
      expect(Math.max(...sizes)).toBe(limit)
      expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true)
    })

    it('returns the newest page first and no more entries than the limit', async () => {
      const visitor = await startConversation()
      injectMessages(300, 1000, Date.now() + 1)
      for (const limit of [1, 100]) {
        const { body } = await visitor.poll({ limit: String(limit) })
        expect(textsOf(body)).toEqual(numbered(300).slice(-limit))
        const older = (await visitor.poll({ before: body.before, limit: String(limit) })).body
        expect(textsOf(older)).toEqual(numbered(300).slice(-2 * limit, -limit))
      }
    })
  })

  describe('with wait', () => {
    it('ends in time and reads once a second at most', async () => {
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      const before = exchangesOf('list').length
      const startedAt = Date.now()
      const { status, body } = await visitor.poll({ cursor, wait: '3' })
      const tookMs = Date.now() - startedAt
      expect([status, body.messages]).toEqual([200, []])
      expect(tookMs).toBe(3000)
      const reads = exchangesOf('list').slice(before)
      expect(reads.length).toBeLessThanOrEqual(4)
      const pauses = reads.slice(1).map(({ at }, index) => at - (reads[index]?.at ?? 0))
      for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(1000)
    })

    it('ends in time when Salesforce begins to hang, and the cursor stays valid', async () => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      gateway.network.use(
        http.get(lists, ({ request }) => gateway.salesforce.handle(request), { once: true }),
      )
      const startedAt = Date.now()
      const waiting = visitor.poll({ cursor, wait: '1' })
      fail('list', { when: 'after', times: 20, what: 'hang' })
      const answer = await waiting
      expect(Date.now() - startedAt).toBeLessThanOrEqual(1600)
      if (answer.status !== 200) expectProblem(answer, 504, 'upstream_timeout')
      gateway.salesforce.clearFaults()
      injectMessages(1, 1)
      expect((await readOn(visitor, cursor, 50)).texts).toEqual(['Number 0'])
    })
  })

  describe('of a broken response', () => {
    const bytes = new TextEncoder().encode('{"conversationEntries":[{"identifier":"')

    /** Sends headers and a part of the body, then breaks the connection. */
    const cutOff = () =>
      new HttpResponse(
        new ReadableStream({
          start(controller) {
            controller.enqueue(bytes)
            setTimeout(() => controller.error(new Error('cut')), 5)
          },
        }),
        { headers: { 'content-type': 'application/json' } },
      )

    it('retries after a cut connection and returns all messages', async () => {
      const visitor = await startConversation()
      const { cursor } = (await visitor.poll()).body
      injectMessages(3, 3)
      let cuts = 0
      gateway.network.use(
        http.get(
          lists,
          () => {
            cuts += 1
            return cutOff()
          },
          { once: true },
        ),
      )
      expect((await readOn(visitor, cursor, 50)).texts).toEqual(numbered(3))
      expect(cuts).toBe(1)
    })

    const broken: [name: string, what: FaultInput['what'], status: number, code: string][] = [
      ['half JSON', { status: 200, body: '{"mess' }, 502, 'upstream_rejected'],
      ['an HTML page', 'html', 502, 'upstream_rejected'],
      ['nonsense', 'nonsense', 502, 'upstream_rejected'],
    ]
    it.each(broken)(
      'returns an error and loses no message after %s: %j → %i %s',
      async (_, what, status, code) => {
        const visitor = await startConversation()
        const { cursor } = (await visitor.poll()).body
        injectMessages(3, 3)
        fail('list', { when: 'after', what })
        expectProblem(await visitor.poll({ cursor }), status, code)
        expect((await readOn(visitor, cursor, 2)).texts).toEqual(numbered(3))
      },
    )
  })

  // The guide's API lists all entries each time.
  const count = dialect.resolvesUnclearSends ? 10_000 : 500
  it(`returns ${count} entries from the first to the last, and the newest 200 backwards`, async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    injectMessages(count, count * 1000, Date.now() + 1000)
    shiftClock(count * 1000 + 5000)
    const { body } = await request(auth, { body: { refreshToken: visitor.refreshToken } })
    const { conversationId } = visitor
    const reader = {
      poll: (query: Record<string, string> = {}) =>
        request(poll, { token: body.token, query: { conversationId, ...query } }),
    }
    const before = exchangesOf('list').length
    const { texts, sizes } = await readOn(reader, cursor, 100)
    expect(texts).toEqual(numbered(count))
    expect(exchangesOf('list').length - before).toBeLessThanOrEqual(4 * sizes.length)
    const newest = (await reader.poll({ limit: '100' })).body
    const older = (await reader.poll({ before: newest.before, limit: '100' })).body
    expect([...textsOf(older), ...textsOf(newest)]).toEqual(numbered(count).slice(-200))
  }, 120_000)
})
