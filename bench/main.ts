/**
 * Measures the gateway. The exit code is 1 when a target is missed.
 *
 * - `npm run bench [-- --rounds <count>] [--against <commit>]`: what calls take, as ratios to a floor
 *   that does only the unavoidable; `--profile` leaves CPU profiles instead
 * - `npm run bench -- --growth`: whether polls take longer in long conversations, or beside many visitors
 * - `npm run bench -- --memory [--polls <count>]`: the memory of one process over many polls
 * - `npm run bench -- --delivery [--against <commit>] [--visitors <count>] [--seconds <count>]`:
 *   how soon messages are delivered
 * - `npm run bench -- --price [--against <commit>] [--visitors <count>] [--seconds <count>]`: what a
 *   chat of ten minutes costs, beside another commit and the guide's poller
 * - `npm run bench -- --abuse [--seconds <count>] [--conversations <count>] [--only <name>]`: what an attacker's calls cost
 * - `npm run bench -- --client [--against <commit>] [--messages <count>] [--seconds <count>] [--polls <count>] [--rounds <count>]`:
 *   the element with a long list, in Chromium
 * - `npm run bench -- --cold [--against <commit>]`: what a cold process of each function takes
 */
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { benchAbuse } from './abuse.js'
import { benchClient } from './client.js'
import { benchCold } from './cold.js'
import { benchDelivery } from './delivery.js'
import { benchPrice } from './price.js'
import { benchGrowth, benchMemory, benchRatios, profileCalls } from './ratios.js'

const count = z.coerce.number().pipe(z.int().min(1))

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      abuse: { type: 'boolean', default: false },
      client: { type: 'boolean', default: false },
      cold: { type: 'boolean', default: false },
      delivery: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      price: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      against: { type: 'string' },
      conversations: { type: 'string', default: '50' },
      messages: { type: 'string' },
      only: { type: 'string', default: '' },
      polls: { type: 'string' },
      rounds: { type: 'string' },
      visitors: { type: 'string', default: '20' },
      seconds: { type: 'string' },
    },
  })
  if (values.abuse) {
    const maxConversations = count.parse(values.conversations)
    const seconds = count.parse(values.seconds ?? 120)
    return await benchAbuse({ seconds, maxConversations, only: values.only })
  }
  if (values.delivery) {
    const visitors = count.parse(values.visitors)
    const seconds = count.parse(values.seconds ?? 60)
    return await benchDelivery({ visitors, seconds }, values.against)
  }
  if (values.price) {
    const visitors = count.parse(values.visitors)
    return await benchPrice(
      { visitors, seconds: count.parse(values.seconds ?? 600) },
      values.against,
    )
  }
  if (values.client) {
    const given = z.record(z.string(), count.optional())
    const { messages, seconds, polls, rounds } = values
    return await benchClient(given.parse({ messages, seconds, polls, rounds }), values.against)
  }
  if (values.cold) return await benchCold(values.against)
  if (values.profile) return await profileCalls()
  if (values.growth) return await benchGrowth()
  if (values.memory) return await benchMemory(count.parse(values.polls ?? 200_000))
  return await benchRatios(count.parse(values.rounds ?? 7), values.against)
}

main().then(
  (good) => process.exit(good ? 0 : 1),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
