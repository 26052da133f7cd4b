import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FaultInput } from '../../sandbox/salesforce/index.js'
import { dialects } from '../dialects/dialects.js'
import { setupDialect } from '../dialects/setup.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { noSalesforceLimits, shiftClock } from '../support/sending.js'

type Visitor = Awaited<ReturnType<typeof startConversation>>
type Tab = { cursor: string; received: string[] }
type Model = { messageCount: number }
type Real = {
  setup: ReturnType<typeof setupDialect>
  visitor: Visitor
  tabs: Tab[]
  clock: { aheadMs: number }
}
type Command = fc.AsyncCommand<Model, Real>

const settings = {
  numRuns: Number(process.env.FC_RUNS ?? 5),
  ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
  ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
}

/** Bounds how late Salesforce shows an entry; the guarantee ends at 30 s. */
const latestMs = 29_000

const ours = (texts: string[]) => texts.filter((text) => text.startsWith('Message '))

/** Reads the newest page and all older ones; retries while Salesforce fails. */
async function openTab({ visitor }: Real, limit: string): Promise<Tab> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { status, body } = await visitor.poll({ limit })
    if (status !== 200) continue
    const received = ours(textsOf(body))
    for (let { before } = body; before !== null; ) {
      const page = await visitor.poll({ before, limit })
      if (page.status !== 200) continue
      received.unshift(...ours(textsOf(page.body)))
      before = page.body.before
    }
    return { cursor: body.cursor, received }
  }
  throw new Error('Salesforce fails for ever')
}

type Poll = { tab: number; limit: number; isAnswerLost: boolean }

function poll({ tab: which, limit, isAnswerLost }: Poll): Command {
  return {
    check: () => true,
    async run(_, { visitor, tabs }) {
      const tab = tabs[which % tabs.length]
      if (!tab) throw new TypeError('No such tab')
      const { status, body } = await visitor.poll({ cursor: tab.cursor, limit: String(limit) })
      expect([200, 429, 502, 503, 504]).toContain(status)
      if (status !== 200) return
      expect(body.messages.length).toBeLessThanOrEqual(limit)
      if (isAnswerLost) return
      tab.received.push(...ours(textsOf(body)))
      tab.cursor = body.cursor
    },
    toString: () => `poll(tab ${which}, ${limit}${isAnswerLost ? ', answer lost' : ''})`,
  }
}

function createCommand(
  what: string,
  act: (model: Model, real: Real) => void | Promise<void>,
): Command {
  return {
    check: () => true,
    run: async (model, real) => await act(model, real),
    toString: () => what,
  }
}

/** Adds messages of one moment, each visible after its own delay. */
function messagesCome(lagsMs: number[]): Command {
  return createCommand(`messages(${lagsMs})`, (model, { setup }) => {
    const entries = lagsMs.map((visibleAfterMs) => {
      model.messageCount += 1
      return { text: `Message ${model.messageCount}`, visibleAfterMs }
    })
    setup.gateway.salesforce.inject(setup.name(), entries)
  })
}

const faultKinds = fc.constantFrom<FaultInput['what'][]>(
  'drop',
  'html',
  'empty',
  'nonsense',
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 500 },
  { status: 503 },
  { status: 200, body: '{"conversationEntries":[{"identifier":"' },
)

const commands = fc.commands<Model, Real, false>(
  [
    fc
      .array(fc.constantFrom(0, 0, 5000, 25_000, latestMs), { minLength: 1, maxLength: 9 })
      .map(messagesCome),
    fc
      .record({
        tab: fc.nat({ max: 5 }),
        limit: fc.constantFrom(1, 2, 5, 100),
        isAnswerLost: fc.boolean(),
      })
      .map(poll),
    fc
      .record({ when: fc.constantFrom('before' as const, 'after' as const), what: faultKinds })
      .map((fault) =>
        createCommand(`fails(${JSON.stringify(fault)})`, (_, { setup }) =>
          setup.fail('list', fault),
        ),
      ),
    fc.constantFrom(500, 4000, 12_000, 20_000).map((ms) =>
      createCommand(`later(${ms})`, (_, { clock }) => {
        clock.aheadMs += ms
        shiftClock(clock.aheadMs)
      }),
    ),
    fc.constantFrom('2', '100').map((limit) =>
      createCommand(`reload(${limit})`, async (_, real) => {
        real.tabs.push(await openTab(real, limit))
      }),
    ),
  ],
  { maxCommands: 25, size: 'max' },
)

async function readToTheEnd({ visitor }: Real, tab: Tab): Promise<void> {
  for (let hasMore = true; hasMore; ) {
    const { status, body } = await visitor.poll({ cursor: tab.cursor })
    expect(status, JSON.stringify(body)).toBe(200)
    tab.received.push(...ours(textsOf(body)))
    tab.cursor = body.cursor
    hasMore = body.hasMore
  }
}

describe.each(dialects)('poll through $name', (dialect) => {
  const salesforce = { ...dialect.salesforce, switches: { limits: noSalesforceLimits } }
  const setup = setupDialect({ ...dialect, salesforce })

  it('returns every message once to every tab while calls fail, answers get lost and entries come late', async () => {
    const property = fc.asyncProperty(commands, fc.boolean(), async (sequence, isUntidy) => {
      shiftClock(0)
      setup.gateway.salesforce.clearFaults()
      Object.assign(setup.gateway.salesforce.switches, {
        listRepeatsEntries: isUntidy,
        listShufflesTies: isUntidy,
      })
      const visitor = await startConversation()
      const real: Real = { setup, visitor, tabs: [], clock: { aheadMs: 0 } }
      real.tabs.push(await openTab(real, '100'))
      const model: Model = { messageCount: 0 }
      await fc.asyncModelRun(() => ({ model, real }), sequence)
      setup.gateway.salesforce.clearFaults()
      shiftClock(real.clock.aheadMs + latestMs)
      const expected = Array.from(
        { length: model.messageCount },
        (_, index) => `Message ${index + 1}`,
      )
      for (const tab of real.tabs) {
        await readToTheEnd(real, tab)
        expect([...tab.received].sort()).toEqual([...expected].sort())
      }
    })
    await fc.assert(property, settings)
  }, 3_600_000)
})
