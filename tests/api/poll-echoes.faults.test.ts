import { randomUUID } from 'node:crypto'
import { HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import { createRedisRestServer } from '../../sandbox/redis/index.js'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { startConversation } from '../support/conversation.js'
import { redisUrl } from '../support/gateway.js'
import { createDeferred, expectProblem, shiftClock } from '../support/sending.js'

type Visitor = Awaited<ReturnType<typeof startConversation>>
type Shown = { id: string; text: string; sender: { role: string } }

const unnamed = dialects.filter(({ resolvesUnclearSends }) => !resolvesUnclearSends)

/** Holds what one tab has shown of the visitor's messages, and its cursor. */
type Tab = { cursor: string; before: string | null; mine: Shown[] }

const isMine = ({ sender }: Shown) => sender.role === 'EndUser'
const idsOf = ({ mine }: Tab) => mine.map(({ id }) => id)

async function openTab(visitor: Visitor, limit = '50'): Promise<Tab> {
  const { status, body } = await visitor.poll({ limit })
  expect(status).toBe(200)
  return { cursor: body.cursor, before: body.before, mine: body.messages.filter(isMine) }
}

async function readOn(visitor: Visitor, tab: Tab): Promise<void> {
  const { status, body } = await visitor.poll({ cursor: tab.cursor, limit: '100' })
  expect(status).toBe(200)
  tab.cursor = body.cursor
  tab.mine.push(...body.messages.filter(isMine))
}

async function readBack(visitor: Visitor, tab: Tab): Promise<void> {
  while (tab.before !== null) {
    const { body } = await visitor.poll({ before: tab.before, limit: '2' })
    tab.before = body.before
    tab.mine.unshift(...body.messages.filter(isMine))
  }
}

describe.each(unnamed)('poll where Salesforce assigns message ids ($name)', (dialect) => {
  const { gateway, fail, stored, name } = setupDialect(dialect, { REQUEST_DEADLINE_MS: '8000' })

  /** Lets Salesforce process each request and holds its responses back. */
  function holdAnswers(method: 'get' | 'post', path: string) {
    const waiting: { done: ReturnType<typeof createDeferred>; isCut: boolean }[] = []
    const arrivals: (() => void)[] = []
    gateway.network.use(
      http[method](path, async ({ request }) => {
        const response = await gateway.salesforce.handle(request)
        const held = { done: createDeferred(), isCut: false }
        waiting.push(held)
        arrivals.shift()?.()
        await held.done.promise
        return held.isCut ? HttpResponse.error() : response
      }),
    )
    return {
      /** Resolves when the next request has taken effect. */
      next: () => new Promise<void>((resolve) => arrivals.push(resolve)),
      /** Releases the oldest response, or the one at an index, or cuts its connection. */
      let: (what: 'go' | 'be cut', index = 0) => {
        const [held] = waiting.splice(index, 1)
        if (!held) throw new TypeError('No answer waits')
        held.isCut = what === 'be cut'
        held.done.resolve()
      },
    }
  }

  const holdSends = () => holdAnswers('post', '*/message')

  it('leaves out a message that is being sent and returns it once under its id in every tab', async () => {
    const visitor = await startConversation()
    const early = await openTab(visitor)
    const id = randomUUID()
    const answers = holdSends()
    const effect = answers.next()
    const sending = visitor.send('On its way', id)
    await effect
    expect(stored(name())).toEqual(['On its way'])
    const late = await openTab(visitor)
    await readOn(visitor, early)
    expect([...early.mine, ...late.mine]).toEqual([])
    answers.let('go')
    expect((await sending).status).toBe(202)
    for (const tab of [early, late]) {
      await readOn(visitor, tab)
      await readOn(visitor, tab)
      expect(idsOf(tab)).toEqual([id])
    }
    expect(idsOf(await openTab(visitor))).toEqual([id])
  })

  it('returns a message once when the response to its send is lost', async () => {
    const visitor = await startConversation()
    const early = await openTab(visitor)
    const answers = holdSends()
    const effect = answers.next()
    const sending = visitor.send('Lost')
    await effect
    const late = await openTab(visitor)
    await readOn(visitor, early)
    expect([...early.mine, ...late.mine]).toEqual([])
    answers.let('be cut')
    expectProblem(await sending, 503, 'upstream_unavailable')
    for (const tab of [early, late]) {
      await readOn(visitor, tab)
      await readOn(visitor, tab)
      expect(tab.mine.map(({ text }) => text)).toEqual(['Lost'])
    }
  })

  it('matches several concurrent sends with their ids in any order of responses', async () => {
    const visitor = await startConversation()
    const tab = await openTab(visitor)
    const answers = holdSends()
    const ids = [0, 1, 2, 3].map(() => randomUUID())
    const sending: ReturnType<typeof visitor.send>[] = []
    for (const [index, id] of ids.entries()) {
      const effect = answers.next()
      sending.push(visitor.send(`Number ${index}`, id))
      await effect
    }
    for (const index of [3, 1, 1, 0]) {
      await readOn(visitor, tab)
      answers.let('go', index)
      await Promise.race(sending)
    }
    await Promise.all(sending)
    await readOn(visitor, tab)
    expect(idsOf(tab).sort()).toEqual([...ids].sort())
    expect(new Map(tab.mine.map(({ id, text }) => [text, id]))).toEqual(
      new Map(ids.map((id, index) => [`Number ${index}`, id])),
    )
    expect(idsOf(await openTab(visitor))).toEqual(ids)
  })

  it("withholds a killed function's message no longer than a request may last", async () => {
    const visitor = await startConversation()
    const early = await openTab(visitor)
    const answers = holdSends()
    const effect = answers.next()
    const killed = visitor.send('My last')
    await effect
    const late = await openTab(visitor)
    shiftClock(7500)
    await readOn(visitor, early)
    expect([...early.mine, ...late.mine]).toEqual([])
    shiftClock(8100)
    for (const tab of [early, late]) {
      await readOn(visitor, tab)
      await readOn(visitor, tab)
      expect(tab.mine.map(({ text }) => text)).toEqual(['My last'])
    }
    answers.let('be cut')
    await killed
  })

  it.each([
    ['young', 1000, '50'],
    ['young', 1000, '1'],
    ['old', 10_000, '50'],
    ['old', 10_000, '1'],
    ['very old', 45_000, '50'],
    ['very old', 45_000, '2'],
  ])(
    'loses no %s message without an id while another is being sent: %i ms, %s a page',
    async (_, ageMs, limit) => {
      const visitor = await startConversation()
      fail('send', { when: 'after' })
      await visitor.send('Without a name')
      shiftClock(ageMs)
      gateway.salesforce.inject(name(), [{ text: 'Anything else?' }])
      const answers = holdSends()
      const effect = answers.next()
      const id = randomUUID()
      const sending = visitor.send('Under way', id)
      await effect
      const tab = await openTab(visitor, limit)
      expect(idsOf(tab)).not.toContain(id)
      answers.let('go')
      await sending
      await readOn(visitor, tab)
      await readBack(visitor, tab)
      expect(tab.mine.map(({ text }) => text).sort()).toEqual(['Under way', 'Without a name'])
      expect(idsOf(tab)).toContain(id)
    },
  )

  it('returns an old message without an id on the newest page at once', async () => {
    const visitor = await startConversation()
    fail('send', { when: 'after' })
    await visitor.send('Without a name')
    shiftClock(10_000)
    const answers = holdSends()
    const effect = answers.next()
    const sending = visitor.send('Under way')
    await effect
    const { mine } = await openTab(visitor)
    expect(mine.map(({ text }) => text)).toEqual(['Without a name'])
    answers.let('go')
    await sending
  })

  it('uses an id that was stored while Salesforce was listing', async () => {
    const visitor = await startConversation()
    const tab = await openTab(visitor)
    const sends = holdSends()
    const lists = holdAnswers('get', '*/messages')
    const effect = sends.next()
    const id = randomUUID()
    const sending = visitor.send('Just in time', id)
    await effect
    const listed = lists.next()
    const reading = readOn(visitor, tab)
    await listed
    sends.let('go')
    await sending
    lists.let('go')
    await reading
    expect(idsOf(tab)).toEqual([id])
  })

  it('uses an id that was stored while Redis was read', async () => {
    const visitor = await startConversation()
    const tab = await openTab(visitor)
    const sends = holdSends()
    const effect = sends.next()
    const id = randomUUID()
    const sending = visitor.send('In between', id)
    await effect
    const { execute } = gateway.redisBackend
    let lookups = 0
    gateway.redis = createRedisRestServer({
      ...gateway.redisBackend,
      token: 'redis-token',
      // Answers the second lookup of ids after the id was stored.
      async execute(command) {
        const isLookup =
          /:(un)?listed:/.test(String(command[1])) && /^H(MGET|GETALL)$/i.test(String(command[0]))
        lookups += isLookup ? 1 : 0
        const isFirst = isLookup && lookups === 1
        if (isLookup && lookups === 2) await sending
        const reply = await execute(command)
        if (isFirst) sends.let('go')
        return reply
      },
    })
    gateway.network.use(...gateway.redis.handlers(redisUrl))
    await readOn(visitor, tab)
    await sending
    await readOn(visitor, tab)
    expect(lookups).toBeGreaterThanOrEqual(2)
    expect(idsOf(tab)).toEqual([id])
  })

  it.each(['drop', 'lose', { status: 500 }] as const)(
    'keeps the id although Redis fails once when the id is stored: %o',
    async (what) => {
      const visitor = await startConversation()
      await visitor.send('Warm')
      const tab = await openTab(visitor)
      tab.mine.length = 0
      const answers = holdSends()
      const effect = answers.next()
      const id = randomUUID()
      const sending = visitor.send('Noted', id)
      await effect
      gateway.redis.fault({ what })
      answers.let('go')
      expect((await sending).status).toBe(202)
      await readOn(visitor, tab)
      expect(idsOf(tab)).toEqual([id])
      expect(idsOf(await openTab(visitor))).toContain(id)
    },
  )

  // The login's assertion lives for five minutes, which bounds how far ahead the clock can be.
  it.each([-300_000, 290_000])(
    'matches ids when Salesforce’s clock is %i ms ahead of ours',
    async (clockSkewMs) => {
      gateway.salesforce.switches.clockSkewMs = clockSkewMs
      const visitor = await startConversation()
      const early = await openTab(visitor)
      const answers = holdSends()
      const effect = answers.next()
      const id = randomUUID()
      const sending = visitor.send('Which time is it?', id)
      await effect
      const late = await openTab(visitor)
      await readOn(visitor, early)
      expect([...early.mine, ...late.mine]).toEqual([])
      answers.let('go')
      await sending
      for (const tab of [early, late]) {
        await readOn(visitor, tab)
        await readOn(visitor, tab)
        expect(idsOf(tab)).toEqual([id])
      }
    },
  )
})
