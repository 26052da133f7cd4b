import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import {
  duplicateHandling,
  expectNoSalesforceCalls,
  expectProblem,
  type Fault,
  messagesSentToSalesforce,
  noLimits,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: { ...noLimits, SEND_SETTLE_MS: '0' } })
simulateEachTest()

const transient: [name: string, fault: Fault][] = [
  ['500 before the effect', { when: 'before', what: { status: 500 } }],
  ['500 after the effect', { when: 'after', what: { status: 500 } }],
  ['a cut connection before the effect', { when: 'before', what: 'drop' }],
  ['a cut connection after the effect', { when: 'after', what: 'drop' }],
  ['an HTML page before the effect', { when: 'before', what: 'html' }],
  ['JSON of the wrong shape before the effect', { when: 'before', what: 'nonsense' }],
  ['JSON of the wrong shape after the effect', { when: 'after', what: 'nonsense' }],
  ['an empty answer before the effect', { when: 'before', what: 'empty' }],
  ['an accepted answer without a body', { when: 'after', what: { status: 202, body: '' } }],
  ['a 408 of a proxy after the effect', { when: 'after', what: { status: 408 } }],
]

describe.each(duplicateHandling)('send in an org that %s', (_, storesDuplicates) => {
  async function visitor() {
    gateway.salesforce.switches.storesDuplicates = storesDuplicates
    return await startConversation()
  }

  it.each(transient)('delivers once after %s', async (_, fault) => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', ...fault })
    const first = await send('Exactly once', id)
    if (first.status !== 202) expect(first.body.retryable, first.body.code).toBe(true)
    const stored = timesStored(gateway, conversationId, id)
    expect(stored, `stored after ${first.status}`).toBeLessThanOrEqual(1)
    if (first.status === 202) expect(stored, 'stored after 202').toBe(1)
    const second = await send('Exactly once', id)
    expect(second.status).toBe(202)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    if (first.status === 202) expect(second.body).toEqual({ ...first.body, duplicate: true })
  })

  it('returns 503 and stores nothing while a failure lasts, and delivers once afterwards', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '600', SEND_SETTLE_MS: '50' })
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', times: 50, what: { status: 503 } })
    const first = await send('Persistent', id)
    expectProblem(first, 503, 'upstream_unavailable')
    expect(timesStored(gateway, conversationId, id)).toBe(0)
    expectProblem(await expectNoSends(() => send('Another', id)), 422, 'id_reused')
    gateway.salesforce.clearFaults()
    const second = await send('Persistent', id)
    expect([second.status, second.body.duplicate]).toEqual([202, false])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('delivers once when the list fails while the outcome is unclear', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '500' })
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
    gateway.salesforce.fail({ operation: 'listConversationEntries', times: 3, what: 'drop' })
    const first = await send('Unclear', id)
    expectProblem(first, 503, 'upstream_unavailable')
    expectProblem(await expectNoSends(() => send('Another', id)), 422, 'id_reused')
    const repeats = [await send('Unclear', id), await send('Unclear', id)]
    expect(repeats.map(({ status, body }) => [status, body.duplicate])).toContainEqual([202, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
  })

  it('finds an unclear message behind two pages of newer entries, and does not send again', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '500' })
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
    gateway.salesforce.fail({ operation: 'listConversationEntries', times: 3, what: 'drop' })
    expectProblem(await send('Buried', id), 503, 'upstream_unavailable')
    const newer = Array.from({ length: 120 }, (_, index) => ({
      text: `Newer ${index}`,
      transcriptedTimestamp: Date.now() + index,
    }))
    gateway.salesforce.inject(conversationId, newer)
    gateway.setEnv({ REQUEST_DEADLINE_MS: '4000' })
    const second = await send('Buried', id)
    expect([second.status, second.body.duplicate]).toEqual([202, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
  })

  it('returns 429 with the Retry-After of Salesforce, and the repeated call sends the message', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const what = { status: 429, headers: { 'retry-after': '7' } }
    gateway.salesforce.fail({ operation: 'sendMessage', what })
    const first = await send('Wait', id)
    expectProblem(first, 429, 'rate_limited')
    expect(first.headers.get('retry-after')).toBe('7')
    expect(first.body.retryAfterMs).toBe(7000)
    const second = await send('Wait', id)
    expect([second.status, second.body.duplicate]).toEqual([202, false])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('returns 502 for a message that Salesforce refuses, and its id is free for another text', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 400 } })
    expectProblem(await send('Refused', id), 502, 'upstream_rejected')
    const second = await send('Better', id)
    expect([second.status, second.body.duplicate]).toEqual([202, false])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it.each([401, 404])(
    'returns 410 conversation_lost on %i, and start opens another conversation',
    async (status) => {
      const { send, start, poll, conversationId } = await visitor()
      const id = randomUUID()
      gateway.salesforce.fail({
        operation: 'sendMessage',
        what: { status, body: 'Jwt is expired' },
      })
      const lost = await send('Hello?', id)
      expectProblem(lost, 410, 'conversation_lost')
      expect(JSON.stringify(lost.body)).not.toContain('Jwt')
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => send('Hello?', id)),
        410,
        'conversation_lost',
      )
      expectProblem(await expectNoSalesforceCalls(gateway, () => poll()), 410, 'conversation_lost')
      const started = await start()
      expect(started.status).toBe(201)
      expect(started.body.conversationId).not.toBe(conversationId)
      expect(timesStored(gateway, conversationId, id)).toBe(0)
    },
  )
})

async function expectNoSends<T>(work: () => Promise<T>): Promise<T> {
  const before = messagesSentToSalesforce(gateway).length
  const result = await work()
  expect(messagesSentToSalesforce(gateway).length, 'messages sent').toBe(before)
  return result
}

describe('send with delays', () => {
  it.each(duplicateHandling)(
    'delivers once when the message shows late in the list, in an org that %s',
    async (_, storesDuplicates) => {
      gateway.setEnv({ SEND_SETTLE_MS: '200' })
      const visitor = await startConversation()
      Object.assign(gateway.salesforce.switches, { storesDuplicates, visibilityLagMs: 150 })
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
      const answer = await visitor.send('Shows late', id)
      expect(answer.status).toBe(202)
      expect(timesStored(gateway, visitor.conversationId, id)).toBe(1)
      expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
    },
  )

  const hangs = duplicateHandling.flatMap(([name, storesDuplicates]) =>
    (['before', 'after'] as const).map((when) => [when, name, storesDuplicates] as const),
  )
  it.each(hangs)(
    'delivers once after a hang %s the effect, in an org that %s',
    async (when, _, storesDuplicates) => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '400', SEND_SETTLE_MS: '30' })
      const { send, conversationId } = await startConversation()
      gateway.salesforce.switches.storesDuplicates = storesDuplicates
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', when, what: 'hang' })
      const startedAt = Date.now()
      const first = await send('Patience', id)
      expect(Date.now() - startedAt).toBeLessThanOrEqual(400)
      if (when === 'after') expect(first.status).toBe(202)
      else expectProblem(first, 504, 'upstream_timeout')
      await sleep(40)
      const second = await send('Patience', id)
      expect([second.status, second.body.duplicate]).toEqual([202, when === 'after'])
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    },
  )

  it('returns a retryable error in time when Salesforce and Redis both hang', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '400', SEND_SETTLE_MS: '30', REDIS_TIMEOUT_MS: '100' })
    const { send } = await startConversation()
    await send('Warm')
    gateway.salesforce.fail({ operation: '*', times: 9, what: 'hang' })
    for (const _ of ['guard', 'claim']) gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ times: 9, what: 'hang' })
    const startedAt = Date.now()
    const answer = await send('Nobody answers')
    expect(Date.now() - startedAt).toBeLessThanOrEqual(500)
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(answer.body.retryable).toBe(true)
  })

  it('makes at most six attempts while Salesforce fails and the settle time is 0', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '600' })
    const { send } = await startConversation()
    gateway.salesforce.fail({ operation: 'sendMessage', times: 1000, what: { status: 503 } })
    await send('Calm')
    expect(messagesSentToSalesforce(gateway).length).toBeLessThanOrEqual(6)
  })

  it('makes no attempt before the Retry-After of a 503, which it returns', async () => {
    const { send } = await startConversation()
    const what = { status: 503, headers: { 'retry-after': '30' } }
    gateway.salesforce.fail({ operation: 'sendMessage', what })
    const answer = await send('Later')
    expect(messagesSentToSalesforce(gateway)).toHaveLength(1)
    expectProblem(answer, 503, 'upstream_unavailable')
    expect(answer.headers.get('retry-after')).toBe('30')
  })

  it('returns 202 when the settle time is as long as the deadline', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '2000', SEND_SETTLE_MS: '2000' })
    const { send } = await startConversation()
    expect((await send('Odd settings')).status).toBe(202)
  })
})
