import { createHash, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { startConversation } from '../support/conversation.js'
import { setupGateway } from '../support/gateway.js'
import {
  expectNoSalesforceCalls,
  expectProblem,
  noLimits,
  timesStored,
} from '../support/sending.js'

const gateway = setupGateway({ env: noLimits })
const hour = 3_600_000

/** What Redis keeps of a message, and for how long (milliseconds). */
async function logged(conversationId: string, id: string) {
  const pattern = `*:send:{${conversationId}}:${id}`
  const [key] = z.array(z.unknown()).parse(await gateway.redisBackend.execute(['KEYS', pattern]))
  const written = String(await gateway.redisBackend.execute(['GET', String(key)]))
  const lifetimeMs = Number(await gateway.redisBackend.execute(['PTTL', String(key)]))
  return { entry: JSON.parse(written), lifetimeMs }
}

it.each([
  [undefined, 24],
  ['48', 48],
])('keeps a hash and a state, for %s hours or a day', async (hours, expected) => {
  if (hours) gateway.setEnv({ SEND_LOG_HOURS: hours })
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  await send('A secret question', id)
  const { entry, lifetimeMs } = await logged(conversationId, id)
  const hash = createHash('sha256')
    .update(JSON.stringify(['StaticContentMessage', 'A secret question']))
    .digest('base64url')
  expect(entry).toMatchObject({ hash, state: 'sent' })
  expect(Object.keys(entry).sort()).toEqual(['at', 'by', 'hash', 'since', 'state'])
  expect(lifetimeMs).toBeGreaterThan(expected * hour - 60_000)
  expect(lifetimeMs).toBeLessThanOrEqual(expected * hour)
})

it('keeps an attempt that came to nothing clear as long as one that arrived', async () => {
  gateway.setEnv({ REQUEST_DEADLINE_MS: '500', SEND_SETTLE_MS: '20' })
  const { send, conversationId } = await startConversation()
  const id = randomUUID()
  gateway.salesforce.fail({ operation: '*', times: 50, what: { status: 503 } })
  expectProblem(await send('Nobody knows', id), 503, 'upstream_unavailable')
  const { entry, lifetimeMs } = await logged(conversationId, id)
  expect(entry.state).toBe('unclear')
  expect(lifetimeMs).toBeGreaterThan(24 * hour - 60_000)
  gateway.salesforce.clearFaults()
  expectProblem(await expectNoSalesforceCalls(gateway, () => send('Another', id)), 422, 'id_reused')
  expect((await send('Nobody knows', id)).status).toBe(202)
  expect(timesStored(gateway, conversationId, id)).toBe(1)
})

it('knows an id for each conversation by itself', async () => {
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
