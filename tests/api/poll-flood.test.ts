import { describe, expect, it } from 'vitest'
import type { InjectionInput, SwitchesPatch } from '../../sandbox/salesforce/index.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noLimits, shiftClock } from '../support/sending.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway({ env: noLimits })

type Visitor = Awaited<ReturnType<typeof startConversation>>

/** Polls until nothing more is waiting and returns every text on the way. */
async function readOn(visitor: Visitor, cursor: string, limit = '50') {
  const texts: string[] = []
  let at = cursor
  for (let pages = 0; pages < 100; pages += 1) {
    const { status, body } = await visitor.poll({ cursor: at, limit })
    expect(status).toBe(200)
    expect(body.messages.length).toBeLessThanOrEqual(Number(limit))
    expect(body.cursor.length).toBeLessThanOrEqual(6144)
    texts.push(...textsOf(body))
    at = body.cursor
    if (!body.hasMore) return { texts, cursor: at, pages: pages + 1, body }
  }
  throw new Error('it never ends')
}

function burst(count: number, perMillisecond: number, from = Date.now()): InjectionInput[] {
  return Array.from({ length: count }, (_, index) => ({
    text: `Burst ${index}`,
    transcriptedTimestamp: from + Math.floor(index / perMillisecond),
  }))
}

type Flood = [how: string, switches: SwitchesPatch, count: number, perMs: number, limit: string]

const floods: Flood[] = [
  ['plainly', {}, 120, 1, '50'],
  ['plainly', {}, 300, 4, '100'],
  ['plainly', {}, 120, 25, '9'],
  ['every entry twice', { listRepeatsEntries: true }, 120, 25, '50'],
  ['ties in any order', { listShufflesTies: true }, 120, 25, '50'],
  ['without its bounds', { bounds: 'exclusive' }, 120, 4, '50'],
  [
    'in every odd way',
    { listRepeatsEntries: true, listShufflesTies: true, bounds: 'exclusive' },
    120,
    20,
    '50',
  ],
]

it.each(floods)(
  'poll returns once each what Salesforce lists %s (%o, %i, %i a millisecond, %s a page)',
  async (...flood) => {
    const [, switches, count, perMs, limit] = flood
    const visitor = await startConversation()
    Object.assign(gateway.salesforce.switches, switches)
    const { cursor } = (await visitor.poll()).body
    const entries = burst(count, perMs)
    gateway.salesforce.inject(visitor.conversationId, entries)
    const { texts, pages, cursor: after } = await readOn(visitor, cursor, limit)
    expect(pages).toBeGreaterThan(1)
    const expected = Array.from({ length: count }, (_, index) => `Burst ${index}`)
    expect([...texts].sort()).toEqual(expected.sort())
    expect((await readOn(visitor, after)).texts).toEqual([])
  },
)

describe('poll of late entries', () => {
  it('returns each entry once while it shows within the window', async () => {
    const visitor = await startConversation()
    const { cursor: first } = (await visitor.poll()).body
    const entries = [0, 5000, 25_000, 29_000].map((visibleAfterMs) => ({
      text: `Shown after ${visibleAfterMs}`,
      visibleAfterMs,
    }))
    gateway.salesforce.inject(visitor.conversationId, entries)
    const texts: string[] = []
    let cursor = first
    for (let elapsed = 0; elapsed <= 32_000; elapsed += 8000) {
      shiftClock(elapsed)
      gateway.salesforce.inject(visitor.conversationId, [{ text: `On time ${elapsed}` }])
      const read = await readOn(visitor, cursor)
      texts.push(...read.texts)
      cursor = read.cursor
    }
    expect(texts.filter((text) => text.startsWith('Shown'))).toHaveLength(entries.length)
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts).toHaveLength(entries.length + 5)
  })

  it('returns entries that are dated before those already returned', async () => {
    const visitor = await startConversation()
    const { cursor } = (await visitor.poll()).body
    const now = Date.now()
    gateway.salesforce.inject(visitor.conversationId, [
      { text: 'Newer', transcriptedTimestamp: now + 9000 },
    ])
    const read = await readOn(visitor, cursor)
    gateway.salesforce.inject(visitor.conversationId, [
      { text: 'Older', transcriptedTimestamp: now + 10 },
    ])
    expect((await readOn(visitor, read.cursor)).texts).toEqual(['Older'])
    expect((await readOn(visitor, cursor)).texts).toEqual(['Older', 'Newer'])
  })

  it('returns them once to each of two tabs with different cursors', async () => {
    const visitor = await startConversation()
    const one = (await visitor.poll()).body.cursor
    await visitor.send('First')
    const two = (await visitor.poll()).body.cursor
    gateway.salesforce.inject(visitor.conversationId, [{ text: 'Late', visibleAfterMs: 3000 }])
    shiftClock(3100)
    expect((await readOn(visitor, two)).texts).toEqual(['Late'])
    const reply = 'You said “First”. Is there more I can do?'
    expect((await readOn(visitor, one)).texts).toEqual(['First', reply, 'Late'])
  })
})

it("poll returns everything when Redis has lost all but the visitor's record", async () => {
  const visitor = await startConversation()
  const { cursor } = (await visitor.poll()).body
  await visitor.send('Kept by Salesforce')
  for (const key of (await keysOf(gateway)).filter((each) => !each.includes(':visitor:'))) {
    await gateway.redisBackend.execute(['DEL', key])
  }
  expect((await readOn(visitor, cursor)).texts).toContain('Kept by Salesforce')
})

it('poll returns the newest page of a long conversation and every page before it', async () => {
  const visitor = await startConversation()
  gateway.salesforce.inject(visitor.conversationId, burst(300, 3, Date.now() + 10))
  let { body } = await visitor.poll({ limit: '100' })
  const texts = textsOf(body)
  while (body.before) {
    body = (await visitor.poll({ before: body.before, limit: '100' })).body
    texts.unshift(...textsOf(body))
  }
  expect(texts.slice(-300)).toEqual(Array.from({ length: 300 }, (_, index) => `Burst ${index}`))
})
