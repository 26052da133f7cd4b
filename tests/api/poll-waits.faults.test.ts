/** Tests the bound on polls that wait at the same time. */
import { describe, expect, it } from 'vitest'
import poll from '../../api/poll.js'
import start from '../../api/start.js'
import { startConversation, textsOf } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import { request, type TestResponse } from '../support/request.js'
import { expectNoSalesforceCalls, expectProblem, noLimits } from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Milliseconds after which polls have taken their leases. */
const settleMs = 300

/** Makes the next requests come from another process: it shares Redis with the first and no memory. */
const changeProcess = () => gateway.setEnv({})

/** Opens a conversation; its polls wait from the first page's cursor on. */
async function openConversation() {
  const visitor = await startConversation()
  return { ...visitor, ...(await waitsOf(visitor.token, visitor.conversationId)) }
}

async function waitsOf(token: string, conversationId: string) {
  const first = await request(poll, { token, query: { conversationId } })
  const cursor = String(first.body.cursor)
  const ask = (query: Record<string, string>, signal?: AbortSignal) =>
    request(poll, { token, query: { conversationId, cursor, ...query }, signal })
  return {
    ask,
    askByPost: (wait: number) => request(poll, { token, body: { conversationId, cursor, wait } }),
    /** Begins polls that wait, and lets them take their leases. */
    async beginToWait(count: number, wait = '25') {
      const caller = new AbortController()
      const answers = Array.from({ length: count }, () => ask({ wait }, caller.signal))
      await sleep(settleMs)
      return {
        answers: Promise.all(answers),
        async hangUp() {
          caller.abort()
          await Promise.all(answers)
          await sleep(settleMs)
        },
      }
    },
  }
}

type Visitor = Awaited<ReturnType<typeof openConversation>>

/** Opens a further conversation of a visitor. */
async function openAnother({ token }: Visitor) {
  const { body } = await request(start, { token, body: { resume: false } })
  return await waitsOf(token, String(body.conversationId))
}

const statusesOf = (answers: readonly TestResponse[]) => answers.map(({ status }) => status)

/** Expects a poll to be refused because others wait, for at most so many milliseconds. */
function expectRefused(answer: TestResponse, mostMs: number): void {
  expectProblem(answer, 429, 'rate_limited')
  expect(answer.body.detail).toContain('At most 4 polls of a conversation, and 8 of a visitor')
  expect(answer.body.retryAfterMs).toBeGreaterThan(0)
  // Node's timers may end a millisecond early.
  expect(answer.body.retryAfterMs).toBeLessThanOrEqual(mostMs + 1)
  expect(Number(answer.headers.get('retry-after'))).toBe(Math.ceil(answer.body.retryAfterMs / 1000))
}

describe('polls that wait at the same time', () => {
  it('are four in one conversation; a fifth is 429 and costs neither Redis nor Salesforce', async () => {
    const { ask, askByPost, beginToWait } = await openConversation()
    const { hangUp } = await beginToWait(4)
    const before = { ...gateway.redis.counts }
    for (const poll of [() => ask({ wait: '25' }), () => askByPost(25)]) {
      expectRefused(await expectNoSalesforceCalls(gateway, poll), 25_000 - settleMs)
    }
    expect(gateway.redis.counts).toEqual(before)
    await hangUp()
  })

  it('do not refuse a poll that does not wait', async () => {
    const { ask, beginToWait } = await openConversation()
    const { hangUp } = await beginToWait(4)
    expect((await ask({})).status).toBe(200)
    await hangUp()
  })

  it('are counted over all processes, and are no item of RateLimit', async () => {
    const { ask, beginToWait } = await openConversation()
    const { hangUp } = await beginToWait(4)
    changeProcess()
    const refused = await expectNoSalesforceCalls(gateway, () => ask({ wait: '25' }))
    expectRefused(refused, 25_000 - settleMs)
    const names = [...(refused.headers.get('ratelimit-policy') ?? '').matchAll(/"(\w+)"/g)]
    expect(names.map(([, name]) => name).sort()).toEqual(['list', 'poll'])
    await hangUp()
  })

  it('are eight of one visitor, in whatever conversations', async () => {
    const visitor = await openConversation()
    const [second, third] = [await openAnother(visitor), await openAnother(visitor)]
    const waits = [await visitor.beginToWait(4), await second.beginToWait(4)]
    expectRefused(await third.ask({ wait: '25' }), 25_000)
    changeProcess()
    expectRefused(await third.ask({ wait: '25' }), 25_000)
    await waits[0]?.hangUp()
    expect((await third.ask({ wait: '1' })).status).toBe(200)
    await waits[1]?.hangUp()
  })

  it('leave room for other visitors', async () => {
    const { beginToWait } = await openConversation()
    const other = await openConversation()
    const { hangUp } = await beginToWait(4)
    expect((await other.ask({ wait: '1' })).status).toBe(200)
    await hangUp()
  })

  it('are counted each when they begin in the same moment, in one process and in several', async () => {
    const { ask } = await openConversation()
    const together = () => Promise.all(Array.from({ length: 6 }, () => ask({ wait: '3' })))
    expect(statusesOf(await together()).sort()).toEqual([200, 200, 200, 200, 429, 429])
    await sleep(settleMs)
    const first = together()
    await sleep(0)
    changeProcess()
    const answers = (await Promise.all([first, together()])).flat()
    expect(statusesOf(answers).filter((status) => status === 200)).toHaveLength(4)
    for (const answer of answers.filter(({ status }) => status !== 200)) expectRefused(answer, 3000)
  })
})

describe('the place of a poll that waits', () => {
  it.each(['the same process', 'another process'])(
    'is free in %s as soon as its caller hangs up',
    async (where) => {
      const { ask, beginToWait } = await openConversation()
      const { hangUp } = await beginToWait(4)
      await hangUp()
      if (where === 'another process') changeProcess()
      expect((await ask({ wait: '1' })).status).toBe(200)
    },
  )

  it('is free as soon as the poll is answered with a message', async () => {
    const { conversationId, ask, beginToWait } = await openConversation()
    const { answers } = await beginToWait(4)
    gateway.salesforce.inject(conversationId, [{ text: 'News' }])
    for (const { body } of await answers) expect(textsOf(body)).toEqual(['News'])
    await sleep(settleMs)
    changeProcess()
    expect(statusesOf(await Promise.all([1, 2, 3, 4].map(() => ask({ wait: '1' }))))).toEqual([
      200, 200, 200, 200,
    ])
  })

  it('is free after a poll that was refused for another reason', async () => {
    const visitor = await openConversation()
    for (let polls = 0; polls < 9; polls++) {
      expectProblem(await visitor.ask({ wait: '25', cursor: 'no-cursor' }), 400, 'cursor_invalid')
    }
    await sleep(settleMs)
    changeProcess()
    expect((await visitor.ask({ wait: '1' })).status).toBe(200)
  })

  it('is free at the end of its wait when it cannot be given back', async () => {
    const { user, conversationId, ask, beginToWait } = await openConversation()
    const { answers } = await beginToWait(4, '3')
    // A longer wait of the visitor keeps the leases in Redis, one included that is over.
    const key = `local:waits:{${user.id}}`
    const leases = String(await gateway.redisBackend.execute(['GET', key]))
    const longer = `${Date.now() + 60_000} long another-conversation`
    const over = `${Date.now() - 1000} over ${conversationId}`
    const all = [leases, longer, over].join('\n')
    await gateway.redisBackend.execute(['SET', key, all, 'PX', '60000'])
    changeProcess()
    expectRefused(await ask({ wait: '1' }), 3000)
    gateway.redis.fault({ what: 'drop', times: 4 })
    await answers
    await sleep(settleMs)
    gateway.redis.clearFaults()
    expect((await ask({ wait: '1' })).status).toBe(200)
  })

  it('is taken in the Redis request of the poll, and given back without delaying the answer', async () => {
    const { conversationId, ask } = await openConversation()
    await ask({ wait: '1' })
    await sleep(settleMs)
    const before = { ...gateway.redis.counts }
    gateway.salesforce.inject(conversationId, [{ text: 'News' }])
    gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ what: { slowMs: 900 } })
    const startedAt = performance.now()
    expect(textsOf((await ask({ wait: '25' })).body)).toEqual(['News'])
    expect(performance.now() - startedAt).toBeLessThan(800)
    await sleep(1500)
    expect(gateway.redis.counts.requests - before.requests).toBe(2)
    expect(gateway.redis.counts.commands - before.commands).toBe(4)
  })
})
