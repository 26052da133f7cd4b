/**
 * Generates three readers of one conversation that keep to no pace, with a Salesforce that refuses
 * more than 25 lists a minute: what the default budget allows at most. `FC_RUNS` asks more.
 */
import * as fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noSalesforceLimits } from '../support/sending.js'

const gateway = setupGateway({
  salesforce: { switches: { limits: { ...noSalesforceLimits, listsPerMinute: 25 } } },
  env: { LIMITS: '{"auth":[100000,"1 m"],"startAddress":[100000,"1 m"],"poll":[100000,"1 m"]}' },
})

/** Generates a step after a pause: a reader polls several times, or messages come, visible after a lag. */
const step = fc.record({
  afterMs: fc.constantFrom(0, 1, 50, 400, 1000, 3000, 9000, 31_000),
  act: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        reader: fc.nat({ max: 2 }),
        limit: fc.integer({ min: 1, max: 100 }),
        times: fc.constantFrom(1, 2, 8, 30),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        lagsMs: fc.array(fc.constantFrom(0, 700, 8000, 29_000), { minLength: 1, maxLength: 70 }),
      }),
    },
  ),
})

const passTime = (ms: number) => vi.setSystemTime(Date.now() + ms)

it('three readers of any pace get every message once, and Salesforce refuses none of their lists', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 60 }),
    async (steps) => {
      gateway.salesforce.reset()
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      const visitor = await startConversation()
      const first = String((await visitor.poll()).body.cursor)
      const readers = [0, 1, 2].map(() => ({ cursor: first, texts: [] as string[] }))
      const sent: string[] = []

      async function read(reader: { cursor: string; texts: string[] }, limit: number) {
        const { status, body } = await visitor.poll({ cursor: reader.cursor, limit: String(limit) })
        expect(status).toBe(200)
        reader.texts.push(...textsOf(body).filter((text) => text.startsWith('Text ')))
        reader.cursor = body.cursor
        return body
      }

      for (const { afterMs, act } of steps) {
        passTime(afterMs)
        if ('lagsMs' in act) {
          const entries = act.lagsMs.map((visibleAfterMs) => {
            const text = `Text ${sent.length}`
            sent.push(text)
            return { text, visibleAfterMs }
          })
          gateway.salesforce.inject(visitor.conversationId, entries)
        } else {
          const reader = readers[act.reader]
          for (let polls = 0; reader && polls < act.times; polls++) await read(reader, act.limit)
        }
      }
      passTime(30_000)
      for (const reader of readers) {
        for (let polls = 0; polls < 200; polls++) {
          const { pollAfterMs } = await read(reader, 100)
          if (reader.texts.length >= sent.length) break
          passTime(pollAfterMs)
        }
        expect(reader.texts.toSorted()).toEqual(sent.toSorted())
      }
      const calls = gateway.salesforceCalls()
      expect(calls).toContain('listConversationEntries 200')
      expect(calls).not.toContain('listConversationEntries 429')
    },
  )
  await fc.assert(property, { numRuns: Number(process.env.FC_RUNS ?? 12) })
}, 3_600_000)
