/** Tests reads that wait for their turn while the budget of looks is used up, in simulated time. */
import { describe, expect, it } from 'vitest'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { expectProblem, noSalesforceLimits } from '../support/sending.js'
import { type SimulatedTime, simulate } from '../support/simulated-time.js'

const operation = 'listConversationEntries'
const gateway = setupGateway({
  env: { LIMITS: '{}', REQUEST_DEADLINE_MS: '8000' },
  salesforce: { switches: { limits: noSalesforceLimits } },
})

function lists(): number {
  return gateway.salesforceCalls().filter((call) => call.startsWith(operation)).length
}

/** Starts a conversation of 80 messages. */
async function openConversation() {
  const visitor = await startConversation()
  const texts = Array.from({ length: 80 }, (_, index) => `Line ${index}`)
  const injected = texts.map((text, index) => ({
    text,
    transcriptedTimestamp: Date.now() - 200_000 + index * 1000,
  }))
  gateway.salesforce.inject(visitor.conversationId, injected)
  return { ...visitor, texts }
}

type Visitor = Awaited<ReturnType<typeof openConversation>>

/** Polls with a cursor until a poll makes no look. */
async function useUpBudget({ poll }: Visitor, cursor: string): Promise<void> {
  for (let seen = -1; seen < lists(); ) {
    seen = lists()
    expect((await poll({ cursor })).status).toBe(200)
  }
}

/** Polls and returns the response and its duration in simulated milliseconds. */
async function timed(time: SimulatedTime, { poll }: Visitor, query: Record<string, string>) {
  const startedAt = Date.now()
  const answer = await time.during(() => poll(query))
  return { answer, ms: Date.now() - startedAt }
}

describe('while the budget of looks is used up', () => {
  it('a first page waits for its turn, and then has the newest messages', async () => {
    const visitor = await openConversation()
    const { answer, ms } = await simulate(async (time) => {
      await useUpBudget(visitor, (await visitor.poll()).body.cursor)
      return await timed(time, visitor, { limit: '20' })
    })
    expect([answer.status, answer.body.code]).toEqual([200, undefined])
    expect(textsOf(answer.body).at(-1)).toBe(
      'Hello, I am the Harbor Assistant. How can I help you?',
    )
    expect(ms).toBeGreaterThan(1500)
  })

  it('a page of history waits for its turn, and then has the older messages', async () => {
    const visitor = await openConversation()
    const { answer, ms } = await simulate(async (time) => {
      const { cursor, before } = (await visitor.poll({ limit: '50' })).body
      await useUpBudget(visitor, cursor)
      return await timed(time, visitor, { before, limit: '20' })
    })
    expect([answer.status, answer.body.code]).toEqual([200, undefined])
    expect(textsOf(answer.body)).toHaveLength(20)
    expect(visitor.texts).toEqual(expect.arrayContaining(textsOf(answer.body)))
    expect(ms).toBeGreaterThan(1500)
  })
})

describe('a first page after a 429 of Salesforce', () => {
  const refuse = (headers: Record<string, string> = {}) =>
    gateway.salesforce.fail({ operation, what: { status: 429, headers } })

  it('is read when the back-off is over', async () => {
    const visitor = await openConversation()
    refuse()
    const { answer, ms } = await simulate((time) => timed(time, visitor, {}))
    expect([answer.status, answer.body.code]).toEqual([200, undefined])
    expect(ms).toBeGreaterThanOrEqual(5000)
  })

  it('is 429 at once, with the time of the back-off, when that is longer than the deadline', async () => {
    const visitor = await openConversation()
    refuse({ 'retry-after': '40' })
    const { answer, ms } = await simulate((time) => timed(time, visitor, {}))
    expectProblem(answer, 429, 'rate_limited')
    expect(answer.body.retryAfterMs).toBeGreaterThanOrEqual(39_000)
    expect(answer.body.retryAfterMs).toBeLessThanOrEqual(41_000)
    expect(ms).toBeLessThan(5000)
  })
})
