/** Tests how often a poll that waits without events looks into Salesforce's list, in simulated time. */
import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { noSalesforceLimits } from '../support/sending.js'
import { simulate } from '../support/simulated-time.js'

const gateway = setupGateway({
  env: { LIMITS: '{}', REQUEST_DEADLINE_MS: '8000' },
  salesforce: { switches: { limits: noSalesforceLimits } },
})

function lists(): number {
  return gateway.salesforceCalls().filter((call) => call.startsWith('listConversationEntries'))
    .length
}

/** Waits 25 s with so many polls of a conversation, and returns their lists and Redis requests. */
async function waitTogether(polls: number) {
  const visitor = await startConversation()
  const cursor = String((await visitor.poll()).body.cursor)
  const before = { lists: lists(), redis: gateway.redis.counts.requests }
  const wait = () => visitor.poll({ cursor, wait: '25' })
  const answers = await simulate((time) =>
    Promise.all(Array.from({ length: polls }, () => time.during(wait))),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  return { lists: lists() - before.lists, redis: gateway.redis.counts.requests - before.redis }
}

/** Expects nine looks in 25 s, the pace of 3 s, or fewer where a look takes its time. */
function expectPace({ lists }: { lists: number }): void {
  expect(lists).toBeGreaterThanOrEqual(6)
  expect(lists).toBeLessThanOrEqual(9)
}

describe('a poll that waits 25 s without events', () => {
  it('looks at the pace of the conversation, every 3 s', async () => {
    expectPace(await waitTogether(1))
  })

  it('looks as often when streams are refused', async () => {
    gateway.setEnv({ SALESFORCE_EVENTS: 'wait' })
    gateway.salesforce.fail({ operation: 'serverSentEvents', what: { status: 503 } })
    expectPace(await waitTogether(1))
  })

  it('shares the budget of looks with those beside it', async () => {
    // Of the burst of five the first page took one; 25 s bring eight more.
    expect((await waitTogether(4)).lists).toBeLessThanOrEqual(4 + 9)
  })

  it('asks Redis no more often than the bucket can allow a look', async () => {
    gateway.setEnv({ LIMITS: JSON.stringify({ list: [4, '1 m'] }) })
    const { lists, redis } = await waitTogether(1)
    expect(lists).toBeLessThanOrEqual(2)
    expect(redis).toBeLessThanOrEqual(5)
  })
})
