import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { visit } from '../support/visit.js'
import { openWorld } from '../support/world.js'
import { expectProblem, messagesHeard, roomy, shiftClock, timesStored, unheard } from './saying.js'

const world = openWorld({ env: { ...roomy, SEND_SETTLE_MS: '0' } })

/** The Redis requests of a send, in order, once its scripts are known. */
const steps = { need: 0, claim: 1, mark: 2 }

/** Spoils one of the Redis requests of the next send. */
function spoil(step: keyof typeof steps, what: Parameters<typeof world.redis.fault>[0]['what']) {
  for (let passed = 0; passed < steps[step]; passed += 1) world.redis.fault({ what: { slowMs: 0 } })
  world.redis.fault({ what })
}

/** A process claims a message and dies: it cannot give the claim back. */
async function claimAndDie(
  say: (text: string, id: string) => Promise<unknown>,
  text: string,
  id: string,
) {
  spoil('claim', 'lose')
  world.redis.fault({ what: 'drop' })
  await say(text, id)
  world.setEnv({})
}

async function visitor(storesDuplicates = true) {
  const visiting = await visit()
  await visiting.say('Warm')
  world.salesforce.switches.storesDuplicates = storesDuplicates
  world.setEnv({ REDIS_TIMEOUT_MS: '100' })
  return visiting
}

describe('calls at the same moment', () => {
  it.each([2, 5])('delivers once when %i calls carry the same message', async (count) => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const answers = await Promise.all(Array.from({ length: count }, () => say('Together', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.timestamp)).size).toBe(1)
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('delivers once when the first of five fails after its effect', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => say('Together', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('delivers once when several find the same attempt unclear', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    await claimAndDie(say, 'Whose is it?', id)
    shiftClock(5000)
    const answers = await Promise.all(Array.from({ length: 4 }, () => say('Whose is it?', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('accepts one of two texts under the same id', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const answers = await Promise.all([say('Tea', id), say('Coffee', id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 422])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('keeps an ended conversation ended when a message was on its way', async () => {
    const { say, end, poll } = await visitor()
    world.setEnv({ REDIS_TIMEOUT_MS: '400' })
    spoil('claim', { slowMs: 150 })
    const [sent, ended] = await Promise.all([
      say('Just a second'),
      new Promise((resolve) => setTimeout(resolve, 40)).then(() => end()),
    ])
    expect(ended.status).toBe(200)
    expect(sent.status).toBe(410)
    expect((await end()).status, 'ending twice').toBe(200)
    expect((await poll()).status, 'reading what was said').toBe(200)
  })
})

describe('when Redis fails', () => {
  it.each(['drop', 'hang', { status: 500 }] as const)(
    'sends nothing without its limits: %o',
    async (what) => {
      const { say } = await visitor()
      spoil('need', what)
      const answer = await unheard(world, () => say('Hello'))
      expectProblem(answer, 503, 'store_unavailable')
      expect(answer.body.retryable).toBe(true)
    },
  )

  it.each(['drop', 'hang', 'lose', { status: 500 }] as const)(
    'sends nothing that it cannot log: %o',
    async (what) => {
      const { say, conversationId } = await visitor()
      const id = randomUUID()
      spoil('claim', what)
      expectProblem(await unheard(world, () => say('Hello', id)), 503, 'store_unavailable')
      shiftClock(5000)
      const again = await say('Hello', id)
      expect([again.status, again.body.duplicate]).toEqual([202, false])
      expect(timesStored(world, conversationId, id)).toBe(1)
    },
  )

  it.each(['drop', 'hang', 'lose'] as const)(
    'tells that it arrived when that cannot be logged: %s',
    async (what) => {
      const { say, conversationId } = await visitor()
      const id = randomUUID()
      spoil('mark', what)
      const first = await say('Arrived', id)
      expect([first.status, first.body.duplicate]).toEqual([202, false])
      world.setEnv({})
      shiftClock(5000)
      const again = await say('Arrived', id)
      expect([again.status, again.body.duplicate]).toEqual([202, true])
      const apartMs = Date.parse(again.body.timestamp) - Date.parse(first.body.timestamp)
      expect(Math.abs(apartMs)).toBeLessThan(100)
      expect(timesStored(world, conversationId, id)).toBe(1)
    },
  )

  it('takes a repeat at once whose first claim has lost its answer', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '900' })
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    spoil('claim', 'lose')
    expectProblem(await say('Hello', id), 503, 'store_unavailable')
    expect((await say('Hello', id)).body.duplicate).toBe(false)
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('tells a repeat at once that it arrived, although that could not be logged', async () => {
    world.setEnv({ REQUEST_DEADLINE_MS: '900' })
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    spoil('mark', 'drop')
    await say('Arrived', id)
    world.setEnv({})
    const again = await say('Arrived', id)
    expect([again.status, again.body.duplicate]).toEqual([202, true])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('delivers once when the process died after its message arrived', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    spoil('mark', 'drop')
    await say('Last words', id)
    world.setEnv({})
    const sent = messagesHeard(world).length
    shiftClock(60_000)
    expect((await say('Last words', id)).body.duplicate).toBe(true)
    expect(messagesHeard(world)).toHaveLength(sent)
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('refuses another text while the fate of the first is open', async () => {
    const { say } = await visitor()
    const id = randomUUID()
    await claimAndDie(say, 'First', id)
    expectProblem(await unheard(world, () => say('Second', id)), 422, 'id_reused')
    shiftClock(60_000)
    expectProblem(await unheard(world, () => say('Second', id)), 422, 'id_reused')
  })

  it('says that the conversation is lost even when that cannot be noted', async () => {
    const { say } = await visitor()
    world.salesforce.fail({ operation: 'sendMessage', what: { status: 403 } })
    for (const _ of ['need', 'claim', 'release']) world.redis.fault({ what: { slowMs: 0 } })
    world.redis.fault({ what: 'drop' })
    expectProblem(await say('Hello'), 410, 'conversation_lost')
  })
})
