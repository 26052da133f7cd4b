import { randomUUID } from 'node:crypto'
import { type HttpResponse, http } from 'msw'
import { describe, expect, it } from 'vitest'
import auth from '../../api/auth.js'
import send from '../../api/send.js'
import start from '../../api/start.js'
import { resetServices } from '../../lib/services.js'
import { knock } from '../support/knock.js'
import { identityToken, loginEnv, verifiedEnv, verifiedSalesforce } from '../support/verified.js'
import { visit } from '../support/visit.js'
import { openWorld, redisUrl } from '../support/world.js'
import {
  createMoment,
  expectProblem,
  messagesHeard,
  orgs,
  roomy,
  shiftClock,
  timesStored,
} from './saying.js'

describe.each(orgs)('in an org that %s', (_, storesDuplicates) => {
  const world = openWorld({ env: { ...roomy, SEND_SETTLE_MS: '20', REDIS_TIMEOUT_MS: '2000' } })

  async function visitor() {
    const visiting = await visit()
    await visiting.say('Warm')
    world.salesforce.switches.storesDuplicates = storesDuplicates
    return visiting
  }

  /** Redis works, but the answer to its second request from now on is kept back. */
  function holdSecondAnswer() {
    let requests = 0
    const release = createMoment()
    const held = createMoment()
    world.network.use(
      http.all(`${redisUrl}/*`, async ({ request }) => {
        requests += 1
        const isHeld = requests === 2
        const response = await world.redis.handle(request)
        if (isHeld) {
          held.come()
          await release.comes
        }
        return response
      }),
    )
    return { held: held.comes, release: release.come }
  }

  it('a function that was frozen after its claim does not send what another sent since', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const answer = holdSecondAnswer()
    const frozen = say('Frozen', id)
    await answer.held
    shiftClock(60_000)
    const other = await say('Frozen', id)
    expect([other.status, other.body.duplicate]).toEqual([202, false])
    const sent = messagesHeard(world).length
    answer.release()
    const late = await frozen
    expect(messagesHeard(world), 'sent after waking up').toHaveLength(sent)
    expect(late.body.retryable).toBe(true)
    expect(timesStored(world, conversationId, id)).toBe(1)
    expect((await say('Frozen', id)).body.duplicate).toBe(true)
  })

  it('a function that was killed after its claim is made up for by the next call', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const answer = holdSecondAnswer()
    void say('Killed', id)
    await answer.held
    resetServices()
    expect(timesStored(world, conversationId, id)).toBe(0)
    shiftClock(60_000)
    const next = await say('Killed', id)
    expect([next.status, next.body.duplicate]).toEqual([202, false])
    expect(timesStored(world, conversationId, id)).toBe(1)
  })

  it('a function that was killed before Salesforce answered has sent once', async () => {
    const { say, conversationId } = await visitor()
    const id = randomUUID()
    const effect = createMoment()
    world.network.use(
      http.post('*/message', async ({ request }) => {
        await world.salesforce.handle(request)
        effect.come()
        return await new Promise<HttpResponse<null>>(() => undefined)
      }),
    )
    const killed = say('Killed', id)
    await effect.comes
    world.network.resetHandlers(
      ...world.salesforce.handlers('https://harbor.my.salesforce-scrt.com'),
      ...world.redis.handlers(redisUrl),
    )
    shiftClock(60_000)
    const next = await say('Killed', id)
    expect([next.status, next.body.duplicate]).toEqual([202, true])
    expect(timesStored(world, conversationId, id)).toBe(1)
    expectProblem(await say('Something else', id), 422, 'id_reused')
    await killed
    expect(timesStored(world, conversationId, id)).toBe(1)
  })
})

describe('two devices of one known visitor', () => {
  const world = openWorld({
    salesforce: verifiedSalesforce,
    env: { ...roomy, ...verifiedEnv, ...loginEnv },
  })

  it.each(orgs)('send once what both send at the same moment, and it %s', async (_, repeats) => {
    world.salesforce.switches.storesDuplicates = repeats
    const body = { identityToken: await identityToken() }
    const devices = [await knock(auth, { body }), await knock(auth, { body })]
    const tokens = devices.map((device) => String(device.body.token))
    expect(new Set(tokens).size).toBe(2)
    const started = await knock(start, { token: tokens[0], body: {} })
    const conversationId = String(started.body.conversationId)
    const id = randomUUID()
    world.salesforce.fail({ operation: 'sendMessage', when: 'after', what: 'drop' })
    const answers = await Promise.all(
      tokens.map((token) => knock(send, { token, body: { conversationId, id, text: 'Both' } })),
    )
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect(answers.map(({ body }) => body.duplicate).sort()).toEqual([false, true])
    expect(timesStored(world, conversationId, id)).toBe(1)
    const another = { conversationId, id, text: 'Another' }
    expectProblem(await knock(send, { token: tokens[1], body: another }), 422, 'id_reused')
  })
})
