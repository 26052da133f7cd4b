import { createHash, randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import * as z from 'zod'
import { visit } from '../support/visit.js'
import { openWorld } from '../support/world.js'
import { expectProblem, roomy, timesStored, unheard } from './saying.js'

const world = openWorld({ env: roomy })
const hour = 3_600_000

/** What Redis keeps of a message, and for how long (milliseconds). */
async function logged(conversationId: string, id: string) {
  const pattern = `*:send:{${conversationId}}:${id}`
  const [key] = z.array(z.unknown()).parse(await world.redisBackend.execute(['KEYS', pattern]))
  const written = String(await world.redisBackend.execute(['GET', String(key)]))
  const lifetimeMs = Number(await world.redisBackend.execute(['PTTL', String(key)]))
  return { entry: JSON.parse(written), lifetimeMs }
}

it.each([
  [undefined, 24],
  ['48', 48],
])('keeps a hash and a state, for %s hours or a day', async (hours, expected) => {
  if (hours) world.setEnv({ SEND_LOG_HOURS: hours })
  const { say, conversationId } = await visit()
  const id = randomUUID()
  await say('A secret wish', id)
  const { entry, lifetimeMs } = await logged(conversationId, id)
  const hash = createHash('sha256')
    .update(JSON.stringify(['StaticContentMessage', 'A secret wish']))
    .digest('base64url')
  expect(entry).toMatchObject({ hash, state: 'sent' })
  expect(Object.keys(entry).sort()).toEqual(['at', 'by', 'hash', 'since', 'state'])
  expect(lifetimeMs).toBeGreaterThan(expected * hour - 60_000)
  expect(lifetimeMs).toBeLessThanOrEqual(expected * hour)
})

it('keeps an attempt that came to nothing clear as long as one that arrived', async () => {
  world.setEnv({ REQUEST_DEADLINE_MS: '500', SEND_SETTLE_MS: '20' })
  const { say, conversationId } = await visit()
  const id = randomUUID()
  world.salesforce.fail({ operation: '*', times: 50, what: { status: 503 } })
  expectProblem(await say('Nobody knows', id), 503, 'upstream_unavailable')
  const { entry, lifetimeMs } = await logged(conversationId, id)
  expect(entry.state).toBe('unclear')
  expect(lifetimeMs).toBeGreaterThan(24 * hour - 60_000)
  world.salesforce.clearFaults()
  expectProblem(await unheard(world, () => say('Another', id)), 422, 'id_reused')
  expect((await say('Nobody knows', id)).status).toBe(202)
  expect(timesStored(world, conversationId, id)).toBe(1)
})

it('knows an id for each conversation by itself', async () => {
  const [one, other] = [await visit(), await visit()]
  const id = randomUUID()
  const answers = [await one.say('Here', id), await other.say('There', id)]
  expect(answers.map(({ status, body }) => [status, body.duplicate])).toEqual([
    [202, false],
    [202, false],
  ])
  expect(timesStored(world, one.conversationId, id)).toBe(1)
  expect(timesStored(world, other.conversationId, id)).toBe(1)
})
