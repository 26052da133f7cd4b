import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  messagesSentToSalesforce,
  noLimits,
  shiftClock,
  timesStored,
} from '../support/sending.js'

const gateway = setupGateway({ env: { ...noLimits, SEND_SETTLE_MS: '0' } })

/** The Redis requests of a send, in order, once its scripts are known. */
const steps = { need: 0, claim: 1, mark: 2 }

/** Spoils one of the Redis requests of the next send. */
function failStep(
  step: keyof typeof steps,
  what: Parameters<typeof gateway.redis.fault>[0]['what'],
) {
  for (let passed = 0; passed < steps[step]; passed += 1)
    gateway.redis.fault({ what: { slowMs: 0 } })
  gateway.redis.fault({ what })
}

/** A process claims a message and dies: it cannot give the claim back. */
async function claimAndDie(
  send: (text: string, id: string) => Promise<unknown>,
  text: string,
  id: string,
) {
  failStep('claim', 'lose')
  gateway.redis.fault({ what: 'drop' })
  await send(text, id)
  gateway.setEnv({})
}

async function visitor(storesDuplicates = true) {
  const conversation = await startConversation()
  await conversation.send('Warm')
  gateway.salesforce.switches.storesDuplicates = storesDuplicates
  gateway.setEnv({ REDIS_TIMEOUT_MS: '100' })
  return conversation
}

describe('calls at the same moment', () => {
  it.each([2, 5])('delivers once when %i calls carry the same message', async (count) => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const answers = await Promise.all(Array.from({ length: count }, () => send('Together', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body.timestamp)).size).toBe(1)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('delivers once when the first of five fails after its effect', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => send('Together', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('delivers once when several find the same attempt unclear', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    await claimAndDie(send, 'Whose is it?', id)
    shiftClock(5000)
    const answers = await Promise.all(Array.from({ length: 4 }, () => send('Whose is it?', id)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('accepts one of two texts under the same id', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const answers = await Promise.all([send('Tea', id), send('Coffee', id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 422])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('keeps an ended conversation ended when a message was on its way', async () => {
    const { send, end, poll } = await visitor()
    gateway.setEnv({ REDIS_TIMEOUT_MS: '400' })
    failStep('claim', { slowMs: 150 })
    const [sent, ended] = await Promise.all([
      send('Just a second'),
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
      const { send } = await visitor()
      failStep('need', what)
      const answer = await expectNoSalesforceCalls(gateway, () => send('Hello'))
      expectProblem(answer, 503, 'store_unavailable')
      expect(answer.body.retryable).toBe(true)
    },
  )

  it.each(['drop', 'hang', 'lose', { status: 500 }] as const)(
    'sends nothing that it cannot log: %o',
    async (what) => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      failStep('claim', what)
      expectProblem(
        await expectNoSalesforceCalls(gateway, () => send('Hello', id)),
        503,
        'store_unavailable',
      )
      shiftClock(5000)
      const again = await send('Hello', id)
      expect([again.status, again.body.duplicate]).toEqual([202, false])
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    },
  )

  it.each(['drop', 'hang', 'lose'] as const)(
    'tells that it arrived when that cannot be logged: %s',
    async (what) => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      failStep('mark', what)
      const first = await send('Arrived', id)
      expect([first.status, first.body.duplicate]).toEqual([202, false])
      gateway.setEnv({})
      shiftClock(5000)
      const again = await send('Arrived', id)
      expect([again.status, again.body.duplicate]).toEqual([202, true])
      const apartMs = Date.parse(again.body.timestamp) - Date.parse(first.body.timestamp)
      expect(Math.abs(apartMs)).toBeLessThan(100)
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    },
  )

  it('takes a repeat at once whose first claim has lost its answer', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    failStep('claim', 'lose')
    expectProblem(await send('Hello', id), 503, 'store_unavailable')
    expect((await send('Hello', id)).body.duplicate).toBe(false)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('tells a repeat at once that it arrived, although that could not be logged', async () => {
    gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    failStep('mark', 'drop')
    await send('Arrived', id)
    gateway.setEnv({})
    const again = await send('Arrived', id)
    expect([again.status, again.body.duplicate]).toEqual([202, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('delivers once when the process died after its message arrived', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    failStep('mark', 'drop')
    await send('Last words', id)
    gateway.setEnv({})
    const sent = messagesSentToSalesforce(gateway).length
    shiftClock(60_000)
    expect((await send('Last words', id)).body.duplicate).toBe(true)
    expect(messagesSentToSalesforce(gateway)).toHaveLength(sent)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('refuses another text while the fate of the first is open', async () => {
    const { send } = await visitor()
    const id = randomUUID()
    await claimAndDie(send, 'First', id)
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => send('Second', id)),
      422,
      'id_reused',
    )
    shiftClock(60_000)
    expectProblem(
      await expectNoSalesforceCalls(gateway, () => send('Second', id)),
      422,
      'id_reused',
    )
  })

  it('says that the conversation is lost even when that cannot be noted', async () => {
    const { send } = await visitor()
    gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 403 } })
    for (const _ of ['need', 'claim', 'release']) gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ what: 'drop' })
    expectProblem(await send('Hello'), 410, 'conversation_lost')
  })
})
