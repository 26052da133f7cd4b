import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSalesforce, instant } from '../../sandbox/salesforce/index.js'
import { responseViolations, violations } from '../../sandbox/salesforce/openapi.js'
import { advanceClock, noon, setupSalesforce } from './salesforce-setup.js'
import { createGuest, summaryOf } from './salesforce-visitor.js'

const salesforce = setupSalesforce(createSalesforce({ switches: instant }), responseViolations)

const texts = (entries: Parameters<typeof summaryOf>[0][]) =>
  entries.map(summaryOf).map((line) => line.replace(/^\w+: /, ''))

/** Opens a conversation with the texts 1 to `count`, one a second from noon + 1 s. */
async function conversationWith(count: number) {
  const guest = await createGuest(salesforce)
  await guest.create()
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  salesforce.inject(
    guest.conversationId,
    numbers.map((number) => ({
      text: String(number),
      transcriptedTimestamp: noon + number * 1_000,
    })),
  )
  return guest
}

describe('the list of entries', () => {
  test('gives the newest 20 first', async () => {
    const guest = await conversationWith(30)
    const listed = texts(await guest.list())
    expect(listed).toHaveLength(20)
    expect(listed.slice(0, 2)).toEqual(['30', '29'])
  })

  test('gives the oldest first from the start', async () => {
    const guest = await conversationWith(3)
    const listed = await guest.list({ direction: 'FromStart', startTimestamp: `${noon + 1}` })
    expect(texts(listed)).toEqual(['1', '2', '3'])
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  })

  test('can be paged backwards and forwards by timestamps', async () => {
    const guest = await conversationWith(5)
    const older = await guest.list({ limit: '2', endTimestamp: `${noon + 4_000}` })
    expect(texts(older)).toEqual(['4', '3'])
    const newer = await guest.list({
      limit: '2',
      direction: 'FromStart',
      startTimestamp: `${noon + 4_000}`,
    })
    expect(texts(newer)).toEqual(['4', '5'])
  })

  test('includes both bounds, unless switched', async () => {
    const guest = await conversationWith(5)
    const window = { startTimestamp: `${noon + 2_000}`, endTimestamp: `${noon + 4_000}` }
    expect(texts(await guest.list(window))).toEqual(['4', '3', '2'])
    salesforce.switches.bounds = 'exclusive'
    expect(texts(await guest.list(window))).toEqual(['3'])
  })

  test('keeps to the entry types asked for', async () => {
    const guest = await conversationWith(1)
    const listed = await guest.list({ entryTypeFilter: 'ParticipantChanged,RoutingResult' })
    expect(listed.map(summaryOf)).toEqual(['ParticipantChanged', 'RoutingResult'])
  })

  test.each([
    [{ limit: '0' }],
    [{ limit: 'many' }],
    [{ direction: 'Sideways' }],
    [{ startTimestamp: 'noon' }],
    [{ startTimestamp: '2', endTimestamp: '1' }],
  ])('refuses %o', async (query) => {
    const guest = await conversationWith(1)
    const where = `/conversation/${guest.conversationId}/entries`
    expect((await guest.call('GET', where, { query })).status).toBe(400)
  })

  test('cuts a limit above 50', async () => {
    const guest = await conversationWith(60)
    expect(await guest.list({ limit: '200' })).toHaveLength(50)
  })

  test('shows an entry only after the visibility lag, under its own time', async () => {
    const guest = await conversationWith(0)
    salesforce.switches.visibilityLagMs = 300
    advanceClock(5_000)
    const said = Date.now()
    await guest.sendText('hello')
    advanceClock(299)
    expect(await guest.timeline()).not.toContain('EndUser: hello')
    advanceClock(1)
    const echo = (await guest.list()).find((entry) => summaryOf(entry) === 'EndUser: hello')
    expect(echo?.transcriptedTimestamp).toBe(said)
  })

  test('draws the lag of each entry when given a range', async () => {
    const guest = await conversationWith(0)
    salesforce.switches.visibilityLagMs = { minimum: 20, maximum: 500 }
    const late = Array.from({ length: 30 }, (_, index) => ({ text: `late ${index}` }))
    const lags = salesforce
      .inject(guest.conversationId, late)
      .map(({ happensAt, visibleAt }) => visibleAt - happensAt)
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(20)
    expect(Math.max(...lags)).toBeLessThanOrEqual(500)
    expect(new Set(lags).size).toBeGreaterThan(1)
  })

  test('lets an entry appear late and older than what was listed', async () => {
    const guest = await conversationWith(1)
    salesforce.inject(guest.conversationId, [
      { text: 'latecomer', transcriptedTimestamp: noon + 500, visibleAfterMs: 2_000 },
    ])
    const window = { startTimestamp: `${noon + 1}` }
    expect(texts(await guest.list(window))).toEqual(['1'])
    advanceClock(2_000)
    expect(texts(await guest.list(window))).toEqual(['1', 'latecomer'])
  })

  test('repeats entries as switched', async () => {
    const guest = await conversationWith(3)
    salesforce.switches.listRepeatsEntries = true
    expect(texts(await guest.list({ limit: '5' }))).toEqual(['3', '3', '2', '2', '1'])
  })

  test('shuffles the entries of one millisecond only', async () => {
    const guest = await conversationWith(0)
    const ties = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const at = (moment: number) => (text: string) => ({ text, transcriptedTimestamp: moment })
    salesforce.inject(guest.conversationId, ties.map(at(noon + 1)))
    salesforce.inject(guest.conversationId, [at(noon + 2)('last')])
    salesforce.switches.listShufflesTies = true
    const query = { direction: 'FromStart', startTimestamp: `${noon + 1}` }
    const orders = new Set<string>()
    for (let round = 0; round < 10; round += 1) {
      const listed = texts(await guest.list(query))
      expect(listed.slice(0, 8).sort()).toEqual(ties)
      expect(listed[8]).toBe('last')
      orders.add(listed.join())
    }
    expect(orders.size).toBeGreaterThan(1)
  })
})

describe('the list of conversations', () => {
  test('names the own ones, the oldest first, the closed ones on request', async () => {
    const other = await createGuest(salesforce)
    await other.create()
    const guest = await createGuest(salesforce)
    await guest.create()
    advanceClock(1_000)
    await guest.close()
    const second = randomUUID()
    await guest.create({ conversationId: second })
    const list = async (query: Record<string, string> = {}) =>
      (await guest.call('GET', '/conversation/list', { query })).body
    const closed = {
      conversationId: guest.conversationId,
      startTimestamp: noon,
      endTimestamp: noon + 1_000,
    }
    const open = { conversationId: second, startTimestamp: noon + 1_000, endTimestamp: 0 }
    expect(await list()).toEqual({
      openConversationsFound: 1,
      closedConversationsFound: 0,
      conversations: [open],
    })
    const both = { openConversationsFound: 1, closedConversationsFound: 1 }
    expect(await list({ inclClosedConvs: 'true', limit: '20' })).toEqual({
      ...both,
      conversations: [closed, open],
    })
    expect((await list({ conversationId: other.conversationId })).conversations).toEqual([])
    expect((await list({ startTimestamp: `${noon + 1_001}` })).conversations).toEqual([])
    expect(salesforce.exchanges.flatMap(violations)).toEqual([])
  })
})
