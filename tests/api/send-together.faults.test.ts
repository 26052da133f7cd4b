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
import { simulateEachTest } from '../support/simulated-time.js'

const gateway = setupGateway({ env: { ...noLimits, SEND_SETTLE_MS: '0' } })
simulateEachTest()

/**
 * Numbers the Redis requests of a send, once Redis knows the scripts. A process claims with the count of
 * the call as soon as it knows Redis' time.
 */
const processes = [
  { who: 'a process', isWarm: true, steps: { guard: 0, claim: 0, record: 1 } },
  { who: 'a process that has just begun', isWarm: false, steps: { guard: 0, claim: 1, record: 2 } },
]

describe.each(processes)('at $who', ({ isWarm, steps }) => {
  /** Makes one of the Redis requests of the next send fail. */
  function failStep(
    step: keyof typeof steps,
    what: Parameters<typeof gateway.redis.fault>[0]['what'],
  ) {
    for (let before = 0; before < steps[step]; before += 1)
      gateway.redis.fault({ what: { slowMs: 0 } })
    gateway.redis.fault({ what })
  }

  /** Claims a message as a process that dies, which cannot release the claim. */
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

  /** Lets each of two gateways learn Redis' time by a call of its own. */
  async function learnTime(poll: () => Promise<unknown>): Promise<void> {
    for (let calls = 0; isWarm && calls < 2; calls += 1) await poll()
  }

  async function visitor(storesDuplicates = true) {
    const conversation = await startConversation()
    await conversation.send('Warm')
    gateway.salesforce.switches.storesDuplicates = storesDuplicates
    gateway.setEnv({ REDIS_TIMEOUT_MS: '100' })
    await learnTime(conversation.poll)
    return conversation
  }

  describe('concurrent sends', () => {
    it.each([2, 5])('deliver once when %i of them carry the same message', async (count) => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      const answers = await Promise.all(Array.from({ length: count }, () => send('Together', id)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
      expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.timestamp)).size).toBe(1)
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('deliver once when the first of five fails after its effect', async () => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
      const answers = await Promise.all(Array.from({ length: 5 }, () => send('Together', id)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('deliver once when four find the same attempt unclear', async () => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      await claimAndDie(send, 'Whose is it?', id)
      shiftClock(5000)
      const answers = await Promise.all(Array.from({ length: 4 }, () => send('Whose is it?', id)))
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('accept one of two texts under the same id', async () => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      const answers = await Promise.all([send('Tea', id), send('Coffee', id)])
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 422])
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('return 410 when the conversation ends before the claim, and the end holds', async () => {
      const { send, end, poll } = await visitor()
      gateway.setEnv({ REDIS_TIMEOUT_MS: '400' })
      await learnTime(poll)
      failStep('claim', { slowMs: 150 })
      const [sent, ended] = await Promise.all([
        send('Just a second'),
        new Promise((resolve) => setTimeout(resolve, 40)).then(() => end()),
      ])
      expect(ended.status).toBe(200)
      expect(sent.status).toBe(410)
      expect((await end()).status, 'ending twice').toBe(200)
      expect((await poll()).status, 'reading the messages').toBe(200)
    })
  })

  describe('send when Redis fails', () => {
    it.each(['drop', 'hang', { status: 500 }] as const)(
      'returns 503 and makes no Salesforce call when the limits cannot be read: %o',
      async (what) => {
        const { send } = await visitor()
        failStep('guard', what)
        const answer = await expectNoSalesforceCalls(gateway, () => send('Hello'))
        expectProblem(answer, 503, 'store_unavailable')
        expect(answer.body.retryable).toBe(true)
      },
    )

    it.each(['drop', 'hang', 'lose', { status: 500 }] as const)(
      'returns 503 and makes no Salesforce call when the claim fails: %o',
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
      'returns 202 when the delivery cannot be recorded, and a repeat delivers nothing: %s',
      async (what) => {
        const { send, conversationId } = await visitor()
        const id = randomUUID()
        failStep('record', what)
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

    it('delivers a repeat at once when the response to the first claim was lost', async () => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      failStep('claim', 'lose')
      expectProblem(await send('Hello', id), 503, 'store_unavailable')
      expect((await send('Hello', id)).body.duplicate).toBe(false)
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('returns a repeat at once as a duplicate when the delivery could not be recorded', async () => {
      gateway.setEnv({ REQUEST_DEADLINE_MS: '900' })
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      failStep('record', 'drop')
      await send('Arrived', id)
      gateway.setEnv({})
      const again = await send('Arrived', id)
      expect([again.status, again.body.duplicate]).toEqual([202, true])
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('delivers once when the process dies before it records the delivery', async () => {
      const { send, conversationId } = await visitor()
      const id = randomUUID()
      failStep('record', 'drop')
      await send('Last words', id)
      gateway.setEnv({})
      const sent = messagesSentToSalesforce(gateway).length
      shiftClock(60_000)
      expect((await send('Last words', id)).body.duplicate).toBe(true)
      expect(messagesSentToSalesforce(gateway)).toHaveLength(sent)
      expect(timesStored(gateway, conversationId, id)).toBe(1)
    })

    it('returns 422 id_reused for another text while the outcome of the first is unknown', async () => {
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

    it('returns 410 conversation_lost even when that cannot be recorded', async () => {
      const { send } = await visitor()
      gateway.salesforce.fail({ operation: 'sendMessage', what: { status: 404 } })
      gateway.redis.fault({ times: steps.record + 1, what: { slowMs: 0 } })
      gateway.redis.fault({ what: 'drop' })
      expectProblem(await send('Hello'), 410, 'conversation_lost')
    })
  })
})
