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
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'

describe.each(duplicateHandling)('in an org that %s', (_, storesDuplicates) => {
  const gateway = setupGateway({
    env: { ...noLimits, SEND_SETTLE_MS: '20', REDIS_TIMEOUT_MS: '2000' },
  })

  async function visitor() {
    const conversation = await startConversation()
    await conversation.send('Warm')
    gateway.salesforce.switches.storesDuplicates = storesDuplicates
    return conversation
  }

  /** Redis works, but the answer to its second request from now on is kept back. */
  function holdSecondAnswer() {
    let requests = 0
    const release = createDeferred()
    const held = createDeferred()
    gateway.network.use(
      http.all(`${redisUrl}/*`, async ({ request }) => {
        requests += 1
        const isHeld = requests === 2
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

  it('a function that was frozen after its claim does not send what another sent since', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const answer = holdSecondAnswer()
    const frozen = send('Frozen', id)
    await answer.held
    shiftClock(60_000)
    const other = await send('Frozen', id)
    expect([other.status, other.body.duplicate]).toEqual([202, false])
    const sent = messagesSentToSalesforce(gateway).length
    answer.release()
    const late = await frozen
    expect(messagesSentToSalesforce(gateway), 'sent after waking up').toHaveLength(sent)
    expect(late.body.retryable).toBe(true)
    expect(timesStored(gateway, conversationId, id)).toBe(1)
    expect((await send('Frozen', id)).body.duplicate).toBe(true)
  })

  it('a function that was killed after its claim is made up for by the next call', async () => {
    const { send, conversationId } = await visitor()
    const id = randomUUID()
    const answer = holdSecondAnswer()
    void send('Killed', id)
    await answer.held
    resetServices()
    expect(timesStored(gateway, conversationId, id)).toBe(0)
    shiftClock(60_000)
    const next = await send('Killed', id)
    expect([next.status, next.body.duplicate]).toEqual([202, false])
    expect(timesStored(gateway, conversationId, id)).toBe(1)
  })

  it('a function that was killed before Salesforce answered has sent once', async () => {
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

describe('two devices of one known visitor', () => {
  const gateway = setupGateway({
    salesforce: verifiedSalesforce,
    env: { ...noLimits, ...verifiedEnv, ...loginEnv },
  })

  it.each(duplicateHandling)(
    'send once what both send at the same moment, and it %s',
    async (_, repeats) => {
      gateway.salesforce.switches.storesDuplicates = repeats
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
