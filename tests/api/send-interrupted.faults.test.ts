import { randomUUID } from 'node:crypto'
import { type HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { resetServices } from '../../lib/services.js'
import { startConversation } from '../support/conversation.js'
import { redisUrl, setupGateway } from '../support/gateway.js'
import { request } from '../support/request.js'
import {
  createDeferred,
  duplicateHandling,
  expectProblem,
  messagesSentToSalesforce,
  noLimits,
  shiftClock,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

describe.each(duplicateHandling)('send in an org that %s', (_, storesDuplicates) => {
  const gateway = setupGateway({
    env: { ...noLimits, SEND_SETTLE_MS: '20', REDIS_TIMEOUT_MS: '2000' },
  })
  simulateEachTest()

  async function visitor() {
    const conversation = await startConversation()
    await conversation.send('Warm')
    gateway.salesforce.switches.storesDuplicates = storesDuplicates
    return conversation
  }

  /** Holds back the response to the next Redis request, which claims; Redis does its work. */
  function holdNextResponse() {
    let requests = 0
    const release = createDeferred()
    const held = createDeferred()
    gateway.network.use(
      http.all(`${redisUrl}/*`, async ({ request }) => {
        requests += 1
        const isHeld = requests === 1
        const response = await gateway.redis.handle(request)
        if (isHeld) {
          held.resolve()
          await release.promise
        }
        return response
      }),
    )
    return { held: held.promise, release: release.resolve }
  }

  it('sends nothing after a freeze when another call has taken over the claim', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const redisResponse = holdNextResponse()
    const frozen = send('Frozen', id)
    await redisResponse.held
    shiftClock(60_000)
    const other = await send('Frozen', id)
    expect([other.status, other.body.duplicate]).toEqual([202, false])
    const sent = messagesSentToSalesforce(gateway).length
    redisResponse.release()
    const late = await frozen
    expect(messagesSentToSalesforce(gateway), 'sent after waking up').toHaveLength(sent)
    expect(late.body.retryable).toBe(true)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect((await send('Frozen', id)).body.duplicate).toBe(true)
  })

  it('delivers once by the next call when the function was killed after its claim', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const redisResponse = holdNextResponse()
    void send('Killed', id)
    await redisResponse.held
    resetServices()
    expect(timesStored(gateway, conversationId, id)).toBe(0)
    shiftClock(60_000)
    const next = await send('Killed', id)
    expect([next.status, next.body.duplicate]).toEqual([202, false])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('delivers once when the function was killed before Salesforce responded', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const effect = createDeferred()
    gateway.network.use(
      http.post('*/message', async ({ request }) => {
        await gateway.salesforce.handle(request)
        effect.resolve()
        return await new Promise<HttpResponse<null>>(() => undefined)
      }),
    )
    const killed = send('Killed', id)
    await effect.promise
    gateway.network.resetHandlers(
      ...gateway.salesforce.handlers('https://harbor.my.salesforce-scrt.com'),
      ...gateway.redis.handlers(redisUrl),
    )
    shiftClock(60_000)
    const next = await send('Killed', id)
    expect([next.status, next.body.duplicate]).toEqual([202, true])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expectProblem(await send('Something else', id), 422, 'id_reused')
    await killed
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })
})

describe('send from two devices of one verified visitor', () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...noLimits, ...verifiedEnv, ...loginEnv },
  })
  simulateEachTest()

  it.each(duplicateHandling)(
    'delivers a concurrent message once in an org that %s',
    async (_, storesDuplicates) => {
      gateway.salesforce.switches.storesDuplicates = storesDuplicates
      const body = { identityToken: await identityToken() }
      const devices = [await request(auth, { body }), await request(auth, { body })]
      const tokens = devices.map((device) => String(device.body.token))
      expect(new Set(tokens).size).toBe(2)
      const started = await request(start, { token: tokens[0], body: {} })
      const conversationId = String(started.body.conversationId)
      const id = randomUUID()
      gateway.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
      const answers = await Promise.all(
        tokens.map((token) => request(send, { token, body: { conversationId, id, text: 'Both' } })),
      )
      expect(answers.map(({ status }) => status)).toEqual([202, 202])
      expect(answers.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
      expect(timesStored(gateway, conversationId, id)).toBe(1)
      const another = { conversationId, id, text: 'Another' }
      expectProblem(await request(send, { token: tokens[1], body: another }), 422, 'id_reused')
    },
  )
})
