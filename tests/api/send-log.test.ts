import { createHash, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  noLimits,
  timesStored,
} from '../support/sending.js'
import { simulateEachTest } from '../support/simulated-time.js'
import { keysOf } from '../support/stored-keys.js'

const gateway = setupGateway({ env: noLimits })
simulateEachTest()
const hour = 3_600_000

/** Reads a message's entry in the send log and its lifetime in milliseconds. */
async function readLog(conversationId: string, id: string) {
  const [key] = await keysOf(gateway, `*:send:{${conversationId}}:${id}`)
  const written = String(await gateway.redisBackend.execute(['GET', String(key)]))
  const lifetimeMs = Number(await gateway.redisBackend.execute(['PTTL', String(key)]))
  return { entry: JSON.parse(written), lifetimeMs }
}

it.each([
  [undefined, 24],
  ['48', 48],
])(
  'the send log keeps a hash and a state, and no text, with SEND_LOG_HOURS=%s for %i hours',
  async (hours, expected) => {
    if (hours) gateway.setEnv({ SEND_LOG_HOURS: hours })
    const { send, conversationId } = await startConversation()
    const id = randomUUID()
    await send('A secret question', id)
    const { entry, lifetimeMs } = await readLog(conversationId, id)
    const hash = createHash('sha256')
      .update(JSON.stringify(['StaticContentMessage', 'A secret question']))
      .digest('base64url')
    expect(entry).toMatchObject({ hash, state: 'sent' })
    expect(Object.keys(entry).sort()).toEqual(['at', 'by', 'hash', 'since', 'state'])
    expect(lifetimeMs).toBeGreaterThan(expected * hour - 60_000)
    expect(lifetimeMs).toBeLessThanOrEqual(expected * hour)
  },
)

it('the send log keeps an unclear attempt for 24 hours, and a repeat of it delivers once', async () => {
  gateway.setEnv({ REQUEST_DEADLINE_MS: '500', SEND_SETTLE_MS: '20' })
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  gateway.salesforce.fail({ operation: '*', times: 50, what: { status: 503 } })
  expectProblem(await send('Nobody knows', id), 503, 'upstream_unavailable')
  const { entry, lifetimeMs } = await readLog(conversationId, id)
  expect(entry.state).toBe('unclear')
  expect(lifetimeMs).toBeGreaterThan(24 * hour - 60_000)
  gateway.salesforce.clearFaults()
  expectProblem(await expectNoSalesforceCalls(gateway, () => send('Another', id)), 422, 'id_reused')
  expect((await send('Nobody knows', id)).status).toBe(202)
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

it('the send log accepts the same id in two conversations', async () => {
  const [one, other] = [await startConversation(), await startConversation()]
  const id = randomUUID()
  const answers = [await one.send('Here', id), await other.send('There', id)]
  expect(answers.map(({ status, body }) => [status, body.duplicate])).toEqual([
    [202, false],
    [202, false],
  ])
  expect(timesStored(gateway, one.conversationId, id)).toBe(1)
  expect(timesStored(gateway, other.conversationId, id)).toBe(1)
})
