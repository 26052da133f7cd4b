import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCursors } from '../../lib/polling/cursor.js'
import { type HistoryPage, olderPage } from '../../lib/polling/history.js'
import { newestPage, nextPage, type PollPage } from '../../lib/polling/poll-pages.js'
import { createSealer, deriveKeys } from '../../lib/sealing.js'
import { propertyRuns } from '../support/property-runs.js'
import {
  type Bounds,
  createEntryLog,
  createSalesforce,
  type EntryLogShape,
  type Stretch,
} from './model.js'

const conversationId = '7c1e9f52-0f0e-4a0c-9a55-1d2f6f0f5a11'
const cursors = createCursors(
  createSealer(deriveKeys(['a secret of at least thirty-two bytes'], 'cursors')),
)
const maxSealed = 6144
const maxCalls = 20
const unlimited = Number.POSITIVE_INFINITY

/** Holds the state of one tab or device, and what it was given and accepted. */
type Client = {
  cursor: PollPage['cursor'] | null
  before: HistoryPage['before']
  firstPage: string[]
  forward: string[]
  history: string[]
  /** A page was cut short for want of looks: where the next one ends is open. */
  isCut: boolean
}

function idsOf({ messages }: { messages: readonly { id: string }[] }): string[] {
  return messages.map(({ id }) => id)
}

function sealed(cursor: PollPage['cursor']): PollPage['cursor'] {
  const text = cursors.sealCursor(cursor, conversationId)
  expect(text.length).toBeLessThanOrEqual(maxSealed)
  const opened = cursors.openCursor(text, conversationId)
  if (!opened) throw new Error('A cursor of ours was refused')
  return opened
}

function sealedBefore(mark: HistoryPage['before']): HistoryPage['before'] {
  if (!mark) return null
  const text = cursors.sealHistory(mark, conversationId)
  expect(text.length).toBeLessThanOrEqual(maxSealed)
  const opened = cursors.openHistory(text, conversationId)
  if (!opened) throw new Error('A history mark of ours was refused')
  return opened
}

function newClient(): Client {
  return { cursor: null, before: null, firstPage: [], forward: [], history: [], isCut: false }
}

/** Creates one run: the entry log, Salesforce and the checks of a page. */
function createRun(shape: EntryLogShape, bounds: Bounds) {
  const entryLog = createEntryLog(shape)
  const salesforce = createSalesforce({ entryLog, bounds, seed: shape.seed })
  const times = new Map(entryLog.map(({ id, at }) => [id, at]))
  const visibleMoments = entryLog.map(({ visibleAt }) => visibleAt).sort((a, b) => a - b)

  function timeOf(id: string): number {
    return times.get(id) ?? Number.NaN
  }

  /** Checks that a page holds at most `limit` messages, in the order of Salesforce's timestamps. */
  function checkPage(page: { messages: PollPage['messages'] }, limit: number) {
    const at = idsOf(page).map(timeOf)
    expect(at.length).toBeLessThanOrEqual(limit)
    expect(at).toEqual(at.toSorted((a, b) => a - b))
  }

  async function first(client: Client, limit: number, omitPercent: number, pages: number) {
    const { list, calls } = salesforce.reading({ omitPercent, refusedFrom: pages })
    const read = await newestPage(list, limit)
    expect(calls.length).toBeLessThanOrEqual(maxCalls)
    checkPage(read, limit)
    expect(read.hasMore).toBe(false)
    if (omitPercent === 0 && pages === unlimited) {
      expectNewest(idsOf(read), limit, read.before)
      expect(idsOf(await since(read.cursor, limit))).toEqual([])
    }
    client.cursor = read.cursor
    client.before = read.before
    client.isCut ||= pages !== unlimited
    client.firstPage = idsOf(read)
  }

  function expectNewest(given: string[], limit: number, before: HistoryPage['before']) {
    const shown = salesforce.shown().map(({ at }) => at)
    const newest = shown.toSorted((a, b) => a - b).slice(-limit)
    expect(given.map(timeOf)).toEqual(newest)
    if (shown.length > limit) expect(before).not.toBeNull()
  }

  async function since(
    cursor: PollPage['cursor'],
    limit: number,
    { omitPercent = 0, pages = unlimited } = {},
  ) {
    const { list, calls } = salesforce.reading({ omitPercent, refusedFrom: pages })
    const read = await nextPage(list, cursor, limit)
    expect(calls.length).toBeLessThanOrEqual(Math.min(pages, maxCalls))
    checkPage(read, limit)
    return read
  }

  /** Raises the limit for a long entry log, which would only be slow in tiny pages. */
  function highLimit(limit: number): number {
    return Math.min(100, Math.max(limit, Math.ceil(entryLog.length / 15)))
  }

  /** Polls on until nothing more is waiting; a client that asks for ever is a failure. */
  async function drain(cursor: PollPage['cursor'], wantedLimit: number, pages = unlimited) {
    const limit = highLimit(wantedLimit)
    const given: string[] = []
    // A page advances by 20 at least, where entries crowd in one millisecond; repeats may fill half of it.
    const refused = pages === unlimited ? 0 : (entryLog.length + 380) / 5
    const mostPolls = entryLog.length / limit + entryLog.length / 300 + 4 + refused
    let at = cursor
    for (let polls = 1; ; polls++) {
      expect(polls).toBeLessThanOrEqual(mostPolls)
      const read = await since(at, limit, { pages })
      const wasResumed = at.resume !== null
      given.push(...idsOf(read))
      at = sealed(read.cursor)
      // What turned up behind a read that had stopped and went on is for the next poll.
      if (!read.hasMore && !(wasResumed && pages === unlimited)) return { given, cursor: at }
    }
  }

  async function older(client: Client, limit: number, pages = unlimited) {
    if (!client.before) return
    const { list, calls } = salesforce.reading({ refusedFrom: pages })
    const page = await olderPage(list, client.before, limit)
    client.isCut ||= pages !== unlimited
    expect(calls.length).toBeLessThanOrEqual(maxCalls)
    checkPage(page, limit)
    client.history.push(...idsOf(page))
    client.before = sealedBefore(page.before)
  }

  async function drainOlder(client: Client, wantedLimit: number) {
    const limit = highLimit(wantedLimit)
    const mostPages = entryLog.length / limit + entryLog.length / 300 + 4
    for (let pages = 1; client.before; pages++) {
      expect(pages).toBeLessThanOrEqual(mostPages)
      await older(client, limit)
    }
  }

  return { entryLog, salesforce, visibleMoments, timeOf, first, since, drain, older, drainOlder }
}

type Run = ReturnType<typeof createRun>

type Move =
  | { by: 'milliseconds'; amount: number }
  /** To the moment that this share of all lines has become visible. */
  | { by: 'share'; amount: number }

type Step = {
  client: number
  act: 'poll' | 'lost' | 'again' | 'aborted' | 'older' | 'olderAgain'
  limit: number
  move: Move
  omitPercent: number
  /** Pages of Salesforce's list that the budget allows to this call. */
  pages: number
}

function moveClock({ salesforce: { clock }, visibleMoments }: Run, { by, amount }: Move) {
  const index = Math.floor((visibleMoments.length - 1) * amount)
  const wanted = by === 'milliseconds' ? clock.now + amount : (visibleMoments[index] ?? clock.now)
  clock.now = Math.max(clock.now, wanted)
}

async function take(run: Run, client: Client, { act, limit, omitPercent, pages }: Step) {
  if (act === 'older') return run.older(client, limit, pages)
  if (act === 'olderAgain') return askOlderTwice(run, client, limit)
  if (act === 'aborted') return abort(run, client, limit)
  if (!client.cursor) {
    // An answer that is lost is forgotten: the client begins anew.
    await run.first(act === 'lost' ? newClient() : client, limit, omitPercent, pages)
    return
  }
  if (act === 'again') return askTwice(run, client.cursor, limit, pages)
  const read = await run.since(client.cursor, limit, { omitPercent, pages })
  const cursor = sealed(read.cursor)
  if (act === 'lost') return
  client.forward.push(...idsOf(read))
  client.cursor = cursor
}

/** Makes a call that fails after its first page; the client receives nothing of it. */
async function abort({ salesforce }: Run, client: Client, limit: number) {
  const { list } = salesforce.reading({ failsFrom: limit % 2 })
  const reading = client.cursor ? nextPage(list, client.cursor, limit) : newestPage(list, limit)
  await reading.catch((error: unknown) => expect(String(error)).toContain('aborted'))
}

async function askTwice(run: Run, cursor: PollPage['cursor'], limit: number, pages: number) {
  const once = await run.drain(cursor, limit, pages)
  run.salesforce.clock.now += 500
  const twice = await run.drain(cursor, (limit % 100) + 1)
  expect(new Set(twice.given).size).toBe(twice.given.length)
  const again = new Set(twice.given)
  expect(once.given.filter((id) => !again.has(id))).toEqual([])
}

async function askOlderTwice(run: Run, client: Client, limit: number) {
  const [once, twice] = [
    { ...client, history: [] },
    { ...client, history: [] },
  ]
  await run.older(once, limit)
  run.salesforce.clock.now += 500
  await run.older(twice, limit)
  // Those of one millisecond may trade places across the border of a page.
  const [first, second] = [once.history.map(run.timeOf), twice.history.map(run.timeOf)]
  const shared = client.isCut ? Math.min(first.length, second.length) : first.length
  expect(second.slice(-shared)).toEqual(first.slice(-shared))
  if (!client.isCut) expect(second).toEqual(first)
}

/** Makes every entry visible, lets each client read to both ends, and counts. */
async function settle(run: Run, clients: readonly Client[], limit: number) {
  const { entryLog, salesforce } = run
  salesforce.clock.now = Math.max(salesforce.clock.now, run.visibleMoments.at(-1) ?? 0)
  const all = new Set(entryLog.filter(({ forVisitors }) => forVisitors).map(({ id }) => id))
  for (const client of clients) {
    if (!client.cursor) await run.first(client, limit, 0, unlimited)
    if (!client.cursor) throw new Error('A client has no cursor after its first poll')
    const { given } = await run.drain(client.cursor, limit)
    client.forward.push(...given)
    await run.drainOlder(client, limit)
    expectAllOnce(all, [...client.firstPage, ...client.forward, ...client.history])
  }
}

function expectAllOnce(all: ReadonlySet<string>, ids: readonly string[]) {
  const met = new Set<string>()
  const twice = ids.filter((id) => met.size === met.add(id).size)
  expect({ twice, lost: [...all].filter((id) => !met.has(id)) }).toEqual({ twice: [], lost: [] })
  expect(met.size).toBe(all.size)
}

const gap = fc.oneof(
  fc.constantFrom(0, 1, 999, 29_998, 29_999, 30_000, 30_001, 60_000, 7_200_000),
  fc.integer({ min: 0, max: 40_000 }),
)
const acts: Step['act'][] = [
  ...Array<'poll'>(3).fill('poll'),
  'older',
  'olderAgain',
  'again',
  'lost',
  'aborted',
]
const limit = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 12 }), weight: 2 },
  { arbitrary: fc.integer({ min: 1, max: 100 }), weight: 3 },
)
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    by: fc.constant<'milliseconds'>('milliseconds'),
    amount: fc.constantFrom(0, 1, 250, 1_000, 4_000, 29_999, 30_000, 30_001),
  }),
  fc.record({
    by: fc.constant<'share'>('share'),
    amount: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
)

type Most = {
  count: number
  latePercent: number
  aheadPercent?: number
  omitPercent: number
  repeatedPercent: number
  spansMs: readonly number[]
  perWindow?: number
  /** Pages of Salesforce's list that the budget allows to one call. */
  pages: readonly number[]
}

function stretch(most: Most): fc.Arbitrary<Stretch> {
  return fc.record({
    gapMs: gap,
    count: fc.oneof(
      { arbitrary: fc.integer({ min: 1, max: 12 }), weight: 3 },
      { arbitrary: fc.integer({ min: 1, max: most.count }), weight: 2 },
    ),
    spanMs: fc.constantFrom(...most.spansMs),
    latePercent: fc.constantFrom(0, ...(most.latePercent > 0 ? [10, most.latePercent] : [])),
    aheadPercent: fc.constantFrom(0, most.aheadPercent ?? 0),
    staffPercent: fc.constantFrom(0, 20, 60),
    repeatedPercent: fc.constantFrom(0, 10, most.repeatedPercent),
  })
}

function steps(most: Most): fc.Arbitrary<Step[]> {
  const step = fc.record({
    client: fc.nat({ max: 3 }),
    act: fc.constantFrom(...acts),
    limit,
    move,
    omitPercent: fc.constantFrom(0, 0, most.omitPercent),
    pages: fc.constantFrom(...most.pages),
  })
  return fc.array(step, { minLength: 1, maxLength: 24 })
}

function story(most: Most) {
  return fc.record({
    shape: fc.record({
      seed: fc.nat({ max: 1_000_000 }),
      stretches: fc.array(stretch(most), { minLength: 1, maxLength: 7 }),
      ...(most.perWindow && { perWindow: fc.constant(most.perWindow) }),
    }),
    bounds: fc.constantFrom<Bounds>('inclusive', 'exclusive', 'afterEntry'),
    steps: steps(most),
    lastLimit: limit,
  })
}
type Story = ReturnType<typeof story> extends fc.Arbitrary<infer T> ? T : never

async function live({ shape, bounds, steps, lastLimit }: Story) {
  const run = createRun(shape, bounds)
  const clients = Array.from({ length: 4 }, newClient)
  for (const step of steps) {
    moveClock(run, step.move)
    const client = clients[step.client]
    if (client) await take(run, client, step)
  }
  const taken = new Set(steps.map(({ client }) => client))
  await settle(
    run,
    clients.filter((_, index) => taken.has(index)),
    lastLimit,
  )
}

function times(number: number): { numRuns: number } {
  return { numRuns: propertyRuns(number) }
}

const conversational: Most = {
  count: 300,
  latePercent: 50,
  omitPercent: 15,
  repeatedPercent: 100,
  spansMs: [0, 2, 40, 1_000, 20_000, 90_000],
  perWindow: 380,
  pages: [unlimited],
}
/** A read that is cut short and continued remembers what comes meanwhile beside what it read. */
const cutShort: Most = {
  ...conversational,
  count: 190,
  perWindow: 190,
  pages: [unlimited, 1, 2, 3],
}
/** All that is ahead of the clock stays in the window, beside what is said meanwhile. */
const ahead: Most = {
  ...conversational,
  count: 60,
  aheadPercent: 30,
  perWindow: 190,
  pages: [unlimited, 1, 2, 3],
}
const dense: Most = {
  count: 700,
  latePercent: 0,
  omitPercent: 0,
  repeatedPercent: 20,
  spansMs: [0, 2, 150, 1_000, 20_000],
  pages: [unlimited, 1, 2, 3],
}

describe('nothing is lost and nothing comes twice', { timeout: 3_600_000 }, () => {
  it('when entries are late, shuffled, repeated or left out, for any number of tabs', async () => {
    await fc.assert(fc.asyncProperty(story(conversational), live), times(25))
  })

  it('when a budget of looks cuts reads short at any page', async () => {
    await fc.assert(fc.asyncProperty(story(cutShort), live), times(200))
  })

  it('when entries carry times ahead of the clock, before the first page or after it', async () => {
    await fc.assert(fc.asyncProperty(story(ahead), live), times(50))
  })

  it('when entries come in dense bursts', async () => {
    await fc.assert(fc.asyncProperty(story(dense), live), times(8))
  })
})
