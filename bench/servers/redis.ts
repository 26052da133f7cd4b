/**
 * Serves a real redis-server, where one is installed, else the embedded one, over Upstash's REST
 * protocol, as a separate process. The gateway authenticates with `REDIS_TOKEN`; `REDIS_DURABILITY`
 * is what a real one writes to its disk (`nothing` by default).
 *
 * - `POST /__faults` (`{ times, what }`) spoils the next requests, `DELETE /__faults` removes the
 *   faults;
 * - `POST /__restart` (`{ lossMs }`) kills a real Redis, and starts it again without its last writes;
 * - `PUT /__memory` (`{ policy, share }`) limits the memory of a real Redis to this share of what its
 *   data takes now, and `DELETE /__memory` removes the limit;
 * - `DELETE /__data` empties the database;
 * - `GET /__counts` returns what was used so far, and the number of evicted keys (`RedisUse`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { createRedisRestServer, embeddedRedis, redisServer } from '../../sandbox/redis/index.js'
import { serve } from '../../sandbox/server/serve.js'
import {
  hasRedisServer,
  type RedisServer,
  runRedisServer,
} from '../../tests/sandbox/redis-server.js'
import type { RedisUse } from '../abuse/costs.js'
import { infoNumber, limitMemory, removeMemoryLimit } from './redis-memory.js'

const faultSchema = z.strictObject({
  times: z.int().min(1),
  what: z.union([
    z.enum(['hang', 'drop', 'lose']),
    z.strictObject({ status: z.int() }),
    z.strictObject({ slowMs: z.int() }),
  ]),
})
const restartSchema = z.strictObject({ lossMs: z.int().min(0) })
const memorySchema = z.strictObject({
  policy: z.enum(['noeviction', 'allkeys-lru']),
  share: z.number().min(0).max(1),
})
const durability = z
  .enum(['nothing', 'everySecond'])
  .default('nothing')
  .parse(process.env.REDIS_DURABILITY)

const server = hasRedisServer() ? await runRedisServer(durability) : null
const backend = server ? redisServer({ path: server.path }) : embeddedRedis()
async function shutDown(): Promise<void> {
  backend.close()
  await server?.remove()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void shutDown())
// When the parent dies, there is only the time to end the server.
process.on('exit', () => void server?.remove())

const restServer = createRedisRestServer({ ...backend, token: process.env.REDIS_TOKEN ?? '' })

async function restartWithLoss(redis: RedisServer, lossMs: number): Promise<void> {
  await redis.loseWritesOf(() => sleep(lossMs))
}

async function control(name: string, request: Request): Promise<Response> {
  const body = request.method === 'DELETE' ? null : await request.json()
  if (name === '/__faults' && body === null) restServer.clearFaults()
  else if (name === '/__faults') restServer.fault(faultSchema.parse(body))
  else if (name === '/__data') await backend.execute(['FLUSHALL'])
  else if (!server) return new Response('It needs a redis-server', { status: 501 })
  else if (name === '/__restart') await restartWithLoss(server, restartSchema.parse(body).lossMs)
  else if (body === null) await removeMemoryLimit(backend)
  else await limitMemory(backend, memorySchema.parse(body))
  return new Response(null, { status: 204 })
}

/** Counts commands; a real redis-server counts those within scripts, too. */
async function countCommands(): Promise<number> {
  if (!server) return restServer.counts.commands
  const info = String(await backend.execute(['INFO', 'commandstats']))
  const counts = [...info.matchAll(/^cmdstat_(?!info|ping|flushall)[^:]+:calls=(\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

async function counts(): Promise<RedisUse & { evictedKeys: number }> {
  const { requests, bytesReceived, bytesSent } = restServer.counts
  const commands = await countCommands()
  const evictedKeys = server ? await infoNumber(backend, 'evicted_keys') : 0
  return { requests, commands, bytesRead: bytesSent, bytesWritten: bytesReceived, evictedKeys }
}

const front = await serve(async (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/__counts') return Response.json(await counts())
  return pathname.startsWith('/__') ? control(pathname, request) : restServer.handle(request)
})
console.log(`Listening on ${front.url}`)
