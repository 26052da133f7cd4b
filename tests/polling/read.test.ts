import { describe, expect, it } from 'vitest'
import { createCursors } from '../../lib/polling/cursor.js'
import type { ListEntries } from '../../lib/polling/entries.js'
import { olderPage } from '../../lib/polling/history.js'
import { newestPage, nextPage, type PollPage } from '../../lib/polling/poll-pages.js'
import { createSealer, deriveKeys } from '../../lib/sealing.js'
import { beginning, createSalesforce, type Line, line, windowMs } from './model.js'

const conversationId = '7c1e9f52-0f0e-4a0c-9a55-1d2f6f0f5a11'
const cursors = createCursors(
  createSealer(deriveKeys(['a secret of at least thirty-two bytes'], 'cursors')),
)

function idsOf({ messages }: { messages: readonly { id: string }[] }): string[] {
  return messages.map(({ id }) => id)
}

/** Returns the cursor as the client brings it back. */
function carried(cursor: PollPage['cursor']): PollPage['cursor'] {
  const sealed = cursors.sealCursor(cursor, conversationId)
  expect(sealed.length).toBeLessThanOrEqual(6144)
  const opened = cursors.openCursor(sealed, conversationId)
  if (!opened) throw new Error('A cursor of ours was refused')
  return opened
}

/** Polls until nothing is waiting, at most so many times. */
async function drain(
  list: ListEntries,
  from: PollPage['cursor'],
  limit: number,
  mostPolls: number,
) {
  const given: string[] = []
  let cursor = from
  for (let polls = 1; polls <= mostPolls; polls++) {
    const read = await nextPage(list, cursor, limit)
    given.push(...idsOf(read))
    cursor = carried(read.cursor)
    if (!read.hasMore) return { given, cursor, polls }
  }
  throw new Error(`More was waiting after ${mostPolls} polls`)
}

/** Reads all of the history behind a first page, in at most so many pages. */
async function drainOlder(list: ListEntries, read: PollPage, limit: number, mostPages: number) {
  const given: string[] = []
  let { before } = read
  for (let pages = 0; before; pages++) {
    if (pages === mostPages) throw new Error(`The history went on after ${mostPages} pages`)
    const page = await olderPage(list, before, limit)
    given.unshift(...idsOf(page))
    before = page.before
  }
  return given
}

function salesforce(entryLog: readonly Line[], bounds: 'inclusive' | 'exclusive' = 'inclusive') {
  const model = createSalesforce({ entryLog, bounds })
  const moveTo = (at: number) => {
    model.clock.now = at
  }
  return { ...model, moveTo, list: model.reading().list }
}

function lines(prefix: string, count: number, at: (index: number) => number): Line[] {
  return Array.from({ length: count }, (_, index) => line(`${prefix}${index}`, at(index)))
}

const start = beginning + 1_000_000

describe('an ordinary conversation', () => {
  it('costs one call to Salesforce per poll', async () => {
    const entryLog = lines('m', 200, (index) => start + index * 3_000)
    const { clock, reading } = salesforce(entryLog)
    clock.now = start
    let { cursor } = await newestPage(reading().list, 50)
    let given = 1
    const costs = new Set<number>()
    while (clock.now < start + 200 * 3_000) {
      clock.now += 1_000
      const { list, calls } = reading()
      const read = await nextPage(list, cursor, 50)
      costs.add(calls.length)
      given += read.messages.length
      cursor = carried(read.cursor)
    }
    expect(given).toBe(200)
    expect([...costs]).toEqual([1])
  })

  it('gives nothing, and nothing to go back to, before its first entry', async () => {
    const { list, moveTo } = salesforce([line('first', start)])
    const read = await newestPage(list, 50)
    expect(read).toMatchObject({ messages: [], before: null, hasMore: false, lastSpeaker: null })
    moveTo(start)
    expect(idsOf(await nextPage(list, carried(read.cursor), 50))).toEqual(['first'])
  })

  it('gives a message that is late by the whole window', async () => {
    const entryLog = [
      line('early', start),
      line('late', start + 1, { visibleAt: start + 1 + windowMs }),
      line('newest', start + windowMs),
    ]
    const { list, moveTo } = salesforce(entryLog, 'exclusive')
    moveTo(start + windowMs)
    const { cursor, messages } = await newestPage(list, 50)
    expect(messages).toHaveLength(2)
    moveTo(start + 1 + windowMs)
    expect(idsOf(await nextPage(list, carried(cursor), 50))).toEqual(['late'])
  })

  it('never shows what is for staff only', async () => {
    const { list, moveTo } = salesforce([line('note', start, { forVisitors: false })])
    moveTo(start)
    const read = await newestPage(list, 50)
    expect(read.messages).toEqual([])
    expect(read.before).toBeNull()
  })

  it('tells the same again when the same cursor is asked again', async () => {
    const { list, moveTo } = salesforce(lines('m', 30, (index) => start + index * 100))
    moveTo(start)
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 10_000)
    const once = await nextPage(list, cursor, 50)
    const twice = await nextPage(list, cursor, 50)
    expect(twice).toEqual(once)
    expect(once.messages).toHaveLength(29)
  })

  it('leaves the cursor of a call that failed on its second page as it was', async () => {
    const { reading, list, moveTo } = salesforce(lines('m', 120, (index) => start + index * 100))
    moveTo(start)
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 20_000)
    await expect(nextPage(reading({ failsFrom: 1 }).list, cursor, 100)).rejects.toThrow('aborted')
    expect((await drain(list, cursor, 100, 3)).given).toHaveLength(119)
  })
})

describe('a very long or very dense conversation', () => {
  for (const [bounds, perMillisecond] of [
    ['inclusive', 1],
    ['exclusive', 25],
  ] as const) {
    it(`keeps its cursor small: 10,000 entries, ${perMillisecond} a millisecond, bounds ${bounds}`, async () => {
      const at = (index: number) => start + Math.floor(index / perMillisecond)
      const { list, moveTo } = salesforce(lines('m', 10_000, at), bounds)
      const { cursor } = await newestPage(list, 100)
      moveTo(start + 20_000)
      const { given, polls } = await drain(list, cursor, 100, 220)
      expect(new Set(given).size).toBe(10_000)
      expect(given).toHaveLength(10_000)
      expect(polls).toBeLessThanOrEqual(200)
    })
  }

  it('can be read back to its beginning', async () => {
    const { list, moveTo } = salesforce(lines('m', 3_000, (index) => start + index * 7))
    moveTo(start + 60_000)
    const read = await newestPage(list, 100)
    const older = await drainOlder(list, read, 100, 31)
    const expected = Array.from({ length: 3_000 }, (_, index) => `m${index}`)
    expect([...older, ...idsOf(read)]).toEqual(expected)
  })

  it('says that nothing more is waiting when the last page was exactly full', async () => {
    const { list, moveTo } = salesforce(lines('m', 50, (index) => start + index * 40_000))
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 50 * 40_000)
    const { messages, hasMore } = await nextPage(list, cursor, 50)
    expect(messages).toHaveLength(50)
    expect(hasMore).toBe(false)
  })

  it('is polled to its end although a thousand entries in a row are for staff only', async () => {
    const staff = lines('note', 1_500, (index) => start + index * 1_000)
    const entryLog = [
      ...staff.map((note) => ({ ...note, forVisitors: false })),
      line('hello', start + 2_000_000),
    ]
    const { list, moveTo } = salesforce(entryLog)
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 2_000_000)
    expect((await drain(list, cursor, 50, 4)).given).toEqual(['hello'])
  })

  it('gives a late message by polling even when the first page was small and all history is read', async () => {
    const entryLog = [
      line('late', start + 1, { visibleAt: start + 25_000 }),
      ...lines('m', 120, (index) => start + index * 200),
    ]
    const { list, moveTo } = salesforce(entryLog)
    moveTo(start + 24_000)
    const read = await newestPage(list, 10)
    expect(await drainOlder(list, read, 50, 4)).toHaveLength(110)
    moveTo(start + 25_000)
    expect((await drain(list, carried(read.cursor), 50, 2)).given).toEqual(['late'])
  })

  it('is given out oldest first although Salesforce lists entries slightly out of order', async () => {
    const { list, moveTo } = salesforce(lines('m', 8, (index) => start + index))
    moveTo(start)
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 1_000)
    const jumbled: ListEntries = async (request) => {
      const page = await list(request)
      return { ...page, entries: page.entries.toSorted((a, b) => (b.at % 3) - (a.at % 3)) }
    }
    const expected = Array.from({ length: 7 }, (_, index) => `m${index + 1}`)
    expect(idsOf(await nextPage(jumbled, cursor, 50))).toEqual(expected)
    expect(idsOf(await newestPage(jumbled, 50))).toEqual(['m0', ...expected])
  })

  it('goes on behind its first page when even the window is too much for one reading', async () => {
    const at = (index: number) => start + Math.floor(index / 17)
    const { list, moveTo } = salesforce(lines('m', 1_700, at), 'inclusive')
    moveTo(start + 1_000)
    const { cursor } = await newestPage(list, 50)
    expect(idsOf(await nextPage(list, carried(cursor), 50))).toEqual([])
  })

  it('is polled to its end when 17 entries share every millisecond', async () => {
    const at = (index: number) => start + Math.floor(index / 17)
    const { list, moveTo } = salesforce(lines('m', 700, at), 'inclusive')
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 1_000)
    const { given } = await drain(list, cursor, 50, 80)
    expect(new Set(given).size).toBe(700)
    expect(given).toHaveLength(700)
  })
})

describe('history', () => {
  it('ends, and gives each message once, when a millisecond fills several pages', async () => {
    const { list, moveTo } = salesforce(lines('m', 6, () => start))
    moveTo(start)
    const read = await newestPage(list, 1)
    const older = await drainOlder(list, read, 1, 8)
    expect([...older, ...idsOf(read)].sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5'])
  })

  it('goes on behind a thousand entries that are for staff only', async () => {
    const staff = lines('note', 1_100, (index) => start + 60_000 + index * 1_000)
    const entryLog = [
      line('hello', start),
      ...staff.map((note) => ({ ...note, forVisitors: false })),
    ]
    const { list, moveTo } = salesforce(entryLog)
    moveTo(start + 2_000_000)
    const read = await newestPage(list, 50)
    expect([...(await drainOlder(list, read, 50, 8)), ...idsOf(read)]).toEqual(['hello'])
  })

  it('goes on behind a thousand entries for staff only between two pages', async () => {
    const staff = lines('note', 1_100, (index) => start + 60_000 + index * 1_000)
    const entryLog = [
      line('hello', start),
      ...staff.map((note) => ({ ...note, forVisitors: false })),
      ...lines('m', 3, (index) => start + 3_000_000 + index * 100),
    ]
    const { list, moveTo } = salesforce(entryLog)
    moveTo(start + 4_000_000)
    const read = await newestPage(list, 1)
    const older = await drainOlder(list, read, 2, 8)
    expect([...older, ...idsOf(read)]).toEqual(['hello', 'm0', 'm1', 'm2'])
  })

  it('gives a recent message that Salesforce left out of the list for a moment', async () => {
    const entryLog = lines('m', 3, (index) => start + index * 100)
    const { list, moveTo } = salesforce(entryLog)
    moveTo(start + 1_000)
    const read = await newestPage(list, 1)
    const withoutM1: ListEntries = async (request) => {
      const page = await list(request)
      return { ...page, entries: page.entries.filter(({ id }) => id !== 'm1') }
    }
    const { before, messages } = await olderPage(withoutM1, read.before ?? missing(), 1)
    expect(messages).toHaveLength(1)
    const rest = before ? await drainOlder(list, { ...read, before }, 1, 4) : []
    const forward = (await drain(list, read.cursor, 10, 2)).given
    expect([...rest, ...forward, ...idsOf({ messages })].sort()).toEqual(['m0', 'm1'])
  })
})

function missing(): never {
  throw new Error('There is no history to go back to')
}

describe('late messages and more entries than a cursor can remember', () => {
  it('come once each when many are late and the page is small', async () => {
    const entryLog = [
      ...lines('late', 120, (index) => start + index).map((late) => ({
        ...late,
        visibleAt: start + 20_000,
      })),
      ...lines('m', 350, (index) => start + 1_000 + index * 10),
    ]
    const { list, moveTo } = salesforce(entryLog)
    const { cursor } = await newestPage(list, 50)
    moveTo(start + 10_000)
    const first = await drain(list, cursor, 100, 10)
    moveTo(start + 20_000)
    const later = await drain(list, first.cursor, 100, 10)
    const given = [...first.given, ...later.given]
    expect(given.filter((id, index) => given.indexOf(id) !== index)).toEqual([])
    expect(given).toHaveLength(470)
  })

  it('come although the clock moved on while a long backlog was read', async () => {
    const entryLog = [
      line('late', start, { visibleAt: start + 29_950 }),
      ...lines('m', 60, (index) => start + 1 + index),
      line('newest', start + 30_100),
    ]
    const { clock, list, reading } = salesforce(entryLog)
    const { cursor } = await newestPage(list, 50)
    // The first page is read before the late message shows, the second page after the newest came.
    clock.now = start + 29_900
    const read = await nextPage(reading({ driftMs: 300 }).list, cursor, 100)
    const rest = await drain(list, carried(read.cursor), 100, 3)
    expect([...idsOf(read), ...rest.given]).toContain('late')
  })

  it('come once each when the first page had to stop before all of the window was read', async () => {
    const ledger = [
      line('late', start, { visibleAt: start + 29_000 }),
      ...lines('m', 60, (index) => start + 1 + index),
    ]
    const model = salesforce(ledger)
    model.moveTo(start + 1_000)
    const read = await newestPage(model.reading({ refusedFrom: 1 }).list, 30)
    const older = await drainOlder(model.list, read, 100, 3)
    model.moveTo(start + 29_000)
    const { given } = await drain(model.list, carried(read.cursor), 100, 3)
    const ids = [...older, ...idsOf(read), ...given]
    expect(given).toContain('late')
    expect(ids.toSorted()).toEqual(ledger.map(({ id }) => id).toSorted())
  })

  describe('while a read that had to stop is continued', () => {
    /** Reads on with one page of Salesforce's list for each poll, at most so many times. */
    async function pollByPages(
      { reading }: ReturnType<typeof salesforce>,
      from: PollPage['cursor'],
      polls: number,
    ) {
      const given: string[] = []
      let cursor = from
      for (let poll = 1; poll <= polls; poll++) {
        const read = await nextPage(reading({ refusedFrom: 1 }).list, cursor, 100)
        given.push(...idsOf(read))
        cursor = carried(read.cursor)
        if (!read.hasMore) return { given, cursor, polls: poll }
      }
      return { given, cursor, polls }
    }

    it('come although far more than the cursor can remember was said since it began', async () => {
      const ledger = [
        line('late', start + 1, { visibleAt: start + 30_001 }),
        ...lines('first', 60, (index) => start + 2 + index),
        ...lines('m', 450, (index) => start + 40_000 + index * 200),
      ]
      const model = salesforce(ledger)
      const { cursor } = await newestPage(model.list, 50)
      model.moveTo(start + 4_000)
      const stopped = await pollByPages(model, cursor, 1)
      model.moveTo(start + 140_000)
      const rest = await drain(model.list, stopped.cursor, 100, 10)
      const given = [...stopped.given, ...rest.given]
      expect(given).toContain('late')
      expect(new Set(given).size).toBe(511)
      expect(given).toHaveLength(511)
    })

    it('come when the next pass stops before their place', async () => {
      const ledger = [
        ...lines('m', 280, (index) => start + index * 320),
        line('late', start + 35_001, { visibleAt: start + 65_001 }),
      ]
      const model = salesforce(ledger)
      const { cursor } = await newestPage(model.list, 50)
      model.moveTo(start + 60_000)
      const passed = await pollByPages(model, cursor, 3)
      model.moveTo(start + 90_000)
      const first = await pollByPages(model, passed.cursor, 10)
      expect([...passed.given, ...first.given]).not.toContain('late')
      expect(first.cursor.resume).toBeNull()
      expect((await pollByPages(model, first.cursor, 10)).given).toEqual(['late'])
    })

    it('come when the next pass stops among entries for staff, with a full cursor', async () => {
      const staff = lines('note', 55, (index) => start + index)
      const ledger = [
        ...staff.map((note) => ({ ...note, forVisitors: false })),
        ...lines('m', 130, (index) => start + 2_000 + index * 200),
        line('late', start + 2_001, { visibleAt: start + 32_001 }),
        ...lines('then', 160, (index) => start + 62_000 + index * 100),
        ...lines('last', 100, (index) => start + 110_000 + index * 100),
      ]
      const model = salesforce(ledger)
      const { cursor } = await newestPage(model.list, 50)
      model.moveTo(start + 32_000)
      const passed = await pollByPages(model, cursor, 3)
      model.moveTo(start + 120_000)
      const first = await drain(model.list, passed.cursor, 100, 3)
      expect([...passed.given, ...first.given]).toHaveLength(390)
      expect(first.cursor.seen.size).toBe(390)
      expect((await pollByPages(model, first.cursor, 20)).given).toEqual(['late'])
    })

    for (const [stream, spacingMs, quietMs] of [
      ['an old backlog', 300, windowMs],
      ['a stream that is too dense to be remembered', 5, 0],
    ] as const) {
      it(`${stream} is read once, page by page`, async () => {
        const model = salesforce(lines('m', 1_500, (index) => start + index * spacingMs))
        const { cursor } = await newestPage(model.list, 50)
        model.moveTo(start + 1_500 * spacingMs + quietMs)
        const { given, polls } = await pollByPages(model, cursor, 200)
        expect(given).toHaveLength(1_500)
        expect(polls).toBeLessThanOrEqual(31)
      })
    }
  })
})
