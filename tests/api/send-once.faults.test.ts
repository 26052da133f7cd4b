import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { visit } from '../support/visit.js'
import { openWorld } from '../support/world.js'
import {
  expectProblem,
  type Misbehaviour,
  messagesHeard,
  orgs,
  roomy,
  timesStored,
  unheard,
} from './saying.js'

const world = openWorld({ env: { ...roomy, SEND_SETTLE_MS: '0' } })

const transient: [name: string, misbehaviour: Misbehaviour][] = [
  ['500 before the effect', { when: 'before', what: { status: 500 } }],
  ['500 after the effect', { when: 'after', what: { status: 500 } }],
  ['a cut connection before the effect', { when: 'before', what: 'drop' }],
  ['a cut connection after the effect', { when: 'after', what: 'drop' }],
  ['a web page before the effect', { when: 'before', what: 'html' }],
  ['JSON of another kind before the effect', { when: 'before', what: 'nonsense' }],
  ['JSON of another kind after the effect', { when: 'after', what: 'nonsense' }],
  ['an empty answer before the effect', { when: 'before', what: 'empty' }],
  ['an accepted answer without a body', { when: 'after', what: { status: 202, body: '' } }],
  ['a 408 of a proxy after the effect', { when: 'after', what: { status: 408 } }],
]

describe.each(orgs)('in an org that %s', (_, storesDuplicates) => {
  async function visitor() {
    world.salesforce.switches.storesDuplicates = storesDuplicates
    return await visit()
  }

  it.each(transient)('delivers once after %s', async (_, misbehaviour) => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', ...misbehaviour })
    const first = await say('Exactly once', id)
    if (first.status !== 202) expect(first.body.retryable, first.body.code).toBe(true)
    const stored = timesStored(world, conversationId, id)
    expect(stored, `stored after ${first.status}`).toBeLessThanOrEqual(1)
    if (first.status === 202) expect(stored, 'stored after 202').toBe(1)
    const second = await say('Exactly once', id)
    expect(second.status).toBe(202)
    expect(timesStored(world, conversationId, id)).toBe(1)
    if (first.status === 202) expect(second.body).toEqual({ ...first.body, duplicate: true })
  })

  it('delivers once after a failure that lasts, and tells the truth in between', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '600', SEND_SETTLE_MS: '50' })
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', times: 50, what: { status: 503 } })
    const first = await say('Persistent', id)
    expectProblem(first, 503, 'upstream_unavailable')
    expect(timesStored(world, conversationId, id)).toBe(0)
    expectProblem(await unheardSending(() => say('Another', id)), 422, 'id_reused')
    world.salesforce.reset()
  })

  it('delivers once when the list cannot be read while the fate is unclear', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '500' })
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
    world.salesforce.fail({ operation: 'listConversationEntries', times: 3, what: 'drop' })
    const first = await say('Unclear', id)
    expectProblem(first, 503, 'upstream_unavailable')
    expectProblem(await unheardSending(() => say('Another', id)), 422, 'id_reused')
    const repeats = [await say('Unclear', id), await say('Unclear', id)]
    expect(repeats.map(({ status, body }) => [status, body.duplicate])).toContainEqual([202, true])
    expect(timesStored(world, conversationId, id)).toBe(1)
    expect(messagesHeard(world)).toHaveLength(1)
  })

  it('passes on that Salesforce asks to wait, and sends the message later', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const what = { status: 429, headers: { 'retry-after': '7' } }
    world.salesforce.fail({ operation: 'sendMessage', what })
    const first = await say('Wait', id)
    expectProblem(first, 429, 'rate_limited')
    expect(first.headers.get('retry-after')).toBe('7')
    expect(first.body.retryAfterMs).toBe(7000)
    const second = await say('Wait', id)
    expect([second.status, second.body.duplicate]).toEqual([202, false])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('gives an id back that Salesforce refused', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', what: { status: 400 } })
    expectProblem(await say('Refused', id), 502, 'upstream_rejected')
    const second = await say('Better', id)
    expect([second.status, second.body.duplicate]).toEqual([202, false])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it.each([401, 403, 404])(
    'loses the conversation on %i, and the next start opens one',
    async (status) => {
      const { say, start, poll, conversationId } = await visitor()
      const id = randomUUID()
      world.salesforce.fail({ operation: 'sendMessage', what: { status, body: 'Jwt is expired' } })
      const lost = await say('Hello?', id)
      expectProblem(lost, 410, 'conversation_lost')
      expect(JSON.stringify(lost.body)).not.toContain('Jwt')
      expectProblem(await unheard(world, () => say('Hello?', id)), 410, 'conversation_lost')
      expectProblem(await unheard(world, () => poll()), 410, 'conversation_lost')
      const started = await start()
      expect(started.status).toBe(201)
      expect(started.body.conversationId).not.toBe(conversationId)
      expect(timesStored(world, conversationId, id)).toBe(0)
    },
  )
})

async function unheardSending<T>(work: () => Promise<T>): Promise<T> {
  const before = messagesHeard(world).length
  const result = await work()
  expect(messagesHeard(world).length, 'messages sent').toBe(before)
  return result
}

describe('time', () => {
  it.each(orgs)(
    'finds a message that shows late, in an org that %s',
    async (_, storesDuplicates) => {
      world.setEnv({ SEND_SETTLE_MS: '200' })
      const visitor = await visit()
      Object.assign(world.salesforce.switches, { storesDuplicates, visibilityLagMs: 150 })
      const id = randomUUID()
      world.salesforce.fail({ operation: 'sendMessage', when: 'after', what: { status: 500 } })
      const answer = await visitor.say('Shows late', id)
      expect(answer.status).toBe(202)
      expect(timesStored(world, visitor.conversationId, id)).toBe(1)
      expect(messagesHeard(world)).toHaveLength(1)
    },
  )

  const hangs = orgs.flatMap(([name, storesDuplicates]) =>
    (['before', 'after'] as const).map((when) => [when, name, storesDuplicates] as const),
  )
  it.each(hangs)(
    'survives a hang %s the effect where an org %s',
    async (when, _, storesDuplicates) => {
      world.setEnv({ REQUEST_DEADLINE_MS: '400', SEND_SETTLE_MS: '30' })
      const { say, conversationId } = await visit()
      world.salesforce.switches.storesDuplicates = storesDuplicates
      const id = randomUUID()
      world.salesforce.fail({ operation: 'sendMessage', when, what: 'hang' })
      const startedAt = performance.now()
      const first = await say('Patience', id)
      expect(performance.now() - startedAt).toBeLessThan(600)
      if (when === 'after') expect(first.status).toBe(202)
      else expectProblem(first, 504, 'upstream_timeout')
      await sleep(40)
      const second = await say('Patience', id)
      expect([second.status, second.body.duplicate]).toEqual([202, when === 'after'])
      expect(timesStored(world, conversationId, id)).toBe(1)
    },
  )

  it('answers in time when Salesforce and Redis both hang', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '400', SEND_SETTLE_MS: '30', REDIS_TIMEOUT_MS: '100' })
    const { say } = await visit()
    await say('Warm')
    world.salesforce.fail({ operation: '*', times: 9, what: 'hang' })
    for (const _ of ['need', 'claim']) world.redis.fault({ what: { slowMs: 0 } })
    world.redis.fault({ times: 9, what: 'hang' })
    const startedAt = performance.now()
    const answer = await say('Nobody answers')
    expect(performance.now() - startedAt).toBeLessThan(650)
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(answer.body.retryable).toBe(true)
  })

  it('does not storm a Salesforce that fails, whatever the settle time', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '600' })
    const { say } = await visit()
    world.salesforce.fail({ operation: 'sendMessage', times: 1000, what: { status: 503 } })
    await say('Calm')
    expect(messagesHeard(world).length).toBeLessThanOrEqual(6)
  })

  it('does not ask again before a failing Salesforce wants to be asked', async () => {
    const { say } = await visit()
    const what = { status: 503, headers: { 'retry-after': '30' } }
    world.salesforce.fail({ operation: 'sendMessage', what })
    const answer = await say('Later')
    expect(messagesHeard(world)).toHaveLength(1)
    expectProblem(answer, 503, 'upstream_unavailable')
    expect(answer.headers.get('retry-after')).toBe('30')
  })

  it('still sends when the settle time is as long as the deadline', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '2000', SEND_SETTLE_MS: '2000' })
    const { say } = await visit()
    expect((await say('Odd settings')).status).toBe(202)
  })
})
