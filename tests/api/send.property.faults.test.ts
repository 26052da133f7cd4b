import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FaultInput, instant } from '../../sandbox/salesforce/index.js'
import { visit } from '../support/visit.js'
import { openWorld } from '../support/world.js'
import { boundless, roomy, shiftClock, timesStored } from './saying.js'

const env = { ...roomy, SEND_SETTLE_MS: '0', REDIS_TIMEOUT_MS: '100' }
const world = openWorld({ salesforce: { switches: { ...instant, limits: boundless } }, env })

const salesforceFaults = fc.record({
  when: fc.constantFrom<NonNullable<FaultInput['when']>>('before', 'after'),
  what: fc.constantFrom<FaultInput['what']>(
    'drop',
    'html',
    'empty',
    { status: 500 },
    { status: 503 },
  ),
})

/** Only a refusal is certain to have had no effect. */
const refusals = fc.record({
  when: fc.constant<'before'>('before'),
  what: fc.constantFrom<FaultInput['what']>({ status: 400 }, { status: 417 }, { status: 429 }),
})

const redisFaults = fc.record({
  passes: fc.nat({ max: 3 }),
  what: fc.constantFrom('drop' as const, 'lose' as const, { status: 500 }),
})

const call = fc.record({
  message: fc.nat({ max: 2 }),
  calls: fc.integer({ min: 1, max: 3 }),
  salesforce: fc.array(fc.oneof(salesforceFaults, refusals), { maxLength: 2 }),
  list: fc.option(salesforceFaults, { freq: 4 }),
  redis: fc.option(redisFaults, { freq: 3 }),
})

it('stores each message at most once, and exactly once when any call was told so', async () => {
  const sequences = fc.array(call, { minLength: 1, maxLength: 5 })
  const scenes = fc.record({ storesDuplicates: fc.boolean(), sequence: sequences })
  await fc.assert(
    fc.asyncProperty(scenes, async ({ storesDuplicates, sequence }) => {
      shiftClock(0)
      const { say, conversationId } = await visit()
      world.salesforce.switches.storesDuplicates = storesDuplicates
      const ids = [randomUUID(), randomUUID(), randomUUID()]
      const delivered = new Set<string>()
      for (const [index, { message, calls, salesforce, list, redis }] of sequence.entries()) {
        shiftClock(index * 10_000)
        for (const fault of salesforce)
          world.salesforce.fail({ operation: 'sendMessage', ...fault })
        if (list) world.salesforce.fail({ operation: 'listConversationEntries', ...list })
        for (let pass = 0; redis && pass < redis.passes; pass += 1) {
          world.redis.fault({ what: { slowMs: 0 } })
        }
        if (redis) world.redis.fault({ what: redis.what })
        const id = ids[message] ?? ''
        const answers = await Promise.all(
          Array.from({ length: calls }, () => say(`${id} says`, id)),
        )
        world.redis.clearFaults()
        if (answers.some(({ status }) => status === 202)) delivered.add(id)
      }
      const times = ids.map((id) => timesStored(world, conversationId, id))
      expect(Math.max(...times)).toBeLessThanOrEqual(1)
      for (const id of delivered) expect(timesStored(world, conversationId, id)).toBe(1)
    }),
    {
      numRuns: Number(process.env.FC_RUNS ?? 4),
      ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }),
    },
  )
}, 600_000)
