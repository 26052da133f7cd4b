/**
 * Generates what happens to the event streams of two tabs and another device while messages come:
 * streams are killed, refused, hang, replay nothing or everything, and replace each other. `FC_RUNS`
 * asks more.
 */
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FaultInput, SwitchesPatch } from '../../sandbox/salesforce/index.js'
import { openDevices } from '../support/devices.js'
import { setupGateway } from '../support/gateway.js'
import { expectEachOnce, listedIds } from '../support/readers.js'
import { noSalesforceLimits } from '../support/sending.js'
import { simulate } from '../support/simulated-time.js'
import { loginEnv } from '../support/verified.js'

const gateway = setupGateway({
  salesforce: {
    switches: {
      limits: { ...noSalesforceLimits, listsPerMinute: 25 },
      botDelayMs: 400,
      visibilityLagMs: { minimum: 0, maximum: 500 },
    },
  },
  env: {
    ...loginEnv,
    SALESFORCE_EVENTS: 'wait',
    LIMITS: JSON.stringify({ auth: [100_000, '1 m'], startAddress: [100_000, '1 m'] }),
    REQUEST_DEADLINE_MS: '8000',
    SEND_SETTLE_MS: '1000',
  },
})

type Stream = NonNullable<SwitchesPatch['stream']>
type Action =
  | { kind: 'say'; tab: number; text: string }
  | { kind: 'messages'; lagsMs: number[] }
  | { kind: 'typing' | 'progress' | 'kill' }
  | { kind: 'leave'; tab: number }
  | { kind: 'streams'; are: Stream }
  | { kind: 'fails'; fault: FaultInput }

const tab = fc.nat({ max: 2 })
const kindOf = <K extends string>(kind: K) => fc.record({ kind: fc.constant(kind) })

const streams: fc.Arbitrary<Stream> = fc.record({
  opening: fc.constantFrom('accepted', 'accepted', 'accepted', 'refused', 'hanging'),
  replay: fc.constantFrom('none', 'everything', 'afterLastEventId'),
  endsAfterMs: fc.constantFrom(null, null, 1, 300, 4000),
  endsAfterEvents: fc.constantFrom(null, null, 1, 3),
  replacesEarlier: fc.boolean(),
})

const fault: fc.Arbitrary<FaultInput> = fc.record({
  operation: fc.constantFrom('serverSentEvents', 'listConversationEntries'),
  what: fc.constantFrom<FaultInput['what'][]>('drop', 'html', 'empty', 'nonsense', { status: 503 }),
})

const action = fc.record({
  afterMs: fc.constantFrom(0, 0, 40, 700, 1000, 5000, 20_000, 61_000),
  what: fc.oneof<fc.Arbitrary<Action>[]>(
    fc.record({
      kind: fc.constant('say' as const),
      tab,
      text: fc.constantFrom('Hello', 'stream', 'progress', 'shuffled'),
    }),
    fc.record({
      kind: fc.constant('messages' as const),
      lagsMs: fc.array(fc.constantFrom(0, 300, 2500, 25_000), { minLength: 1, maxLength: 5 }),
    }),
    kindOf('typing'),
    kindOf('progress'),
    kindOf('kill'),
    fc.record({ kind: fc.constant('leave' as const), tab }),
    fc.record({ kind: fc.constant('streams' as const), are: streams }),
    fc.record({ kind: fc.constant('fails' as const), fault }),
  ),
})

const calm: Stream = {
  opening: 'accepted',
  replay: 'afterLastEventId',
  endsAfterMs: null,
  endsAfterEvents: null,
  replacesEarlier: false,
}

it('kills, refusals and replays of event streams lose and double no message in any tab', async () => {
  const property = fc.asyncProperty(
    streams,
    fc.array(action, { minLength: 3, maxLength: 20, size: 'max' }),
    async (first, actions) => {
      const { salesforce } = gateway
      salesforce.reset()
      await gateway.redisBackend.execute(['FLUSHALL'])
      // Forgets which streams were silenced.
      gateway.setEnv({})
      await simulate(async (time) => {
        const at = (latencyMs: number) => ({ latencyMs: () => latencyMs })
        const { conversationId, tabs } = await openDevices(time, [[at(10), at(30)], [at(120)]])
        const readers = tabs.map(({ frontend }) => frontend)
        const work: Promise<void>[] = readers.map(({ run }) => run())
        const set = (stream: Stream) => Object.assign(salesforce.switches.stream, stream)

        async function act(what: Action): Promise<void> {
          if (what.kind === 'say') work.push(tabs[what.tab]?.say(what.text) ?? Promise.resolve())
          if (what.kind === 'leave') readers[what.tab]?.leave()
          if (what.kind === 'typing') salesforce.agentTypes(conversationId)
          if (what.kind === 'progress') salesforce.progress(conversationId, 'Looking')
          if (what.kind === 'streams') set(what.are)
          if (what.kind === 'fails') salesforce.fail(what.fault)
          if (what.kind === 'messages') {
            const entries = what.lagsMs.map((visibleAfterMs) => ({ text: 'Text', visibleAfterMs }))
            salesforce.inject(conversationId, entries)
          }
          if (what.kind === 'kill') {
            const { endsAfterMs } = salesforce.switches.stream
            set({ endsAfterMs: 1 })
            await time.sleep(150)
            set({ endsAfterMs: endsAfterMs ?? null })
          }
        }

        set(first)
        for (const { afterMs, what } of actions) {
          await time.sleep(afterMs)
          await act(what)
        }
        set(calm)
        salesforce.clearFaults()
        await time.sleep(30_000)
        await expectEachOnce(time, readers, listedIds(gateway, conversationId))
        await Promise.all(work)
      })
      const calls = gateway.salesforceCalls()
      expect(calls.some((call) => call.startsWith('serverSentEvents'))).toBe(true)
      expect(calls).not.toContain('listConversationEntries 429')
    },
  )
  await fc.assert(property, {
    numRuns: Number(process.env.FC_RUNS ?? 300),
    ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
    ...(process.env.FC_PATH && { path: process.env.FC_PATH }),
  })
}, 3_600_000)
