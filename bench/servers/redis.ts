/**
 * Serves a real redis-server over Upstash's REST protocol, as a separate process. `POST /__faults`
 * (`{ times, what }`) spoils the next requests, and `DELETE /__faults` removes the faults.
 * The gateway authenticates with `REDIS_TOKEN`.
 */
import * as z from 'zod'
import { createRedisRestServer } from '../../sandbox/redis/index.js'
import { serve } from '../../sandbox/server/serve.js'
import { startRedisServer } from '../../tests/sandbox/redis-server.js'

const faultSchema = z.strictObject({
  times: z.int().min(1),
  what: z.union([
    z.enum(['hang', 'drop', 'lose']),
    z.strictObject({ status: z.int() }),
    z.strictObject({ slowMs: z.int() }),
  ]),
})

const backend = await startRedisServer()
process.on('exit', () => backend.close())
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))

const restServer = createRedisRestServer({ ...backend, token: process.env.REDIS_TOKEN ?? '' })

async function control(request: Request): Promise<Response> {
  if (request.method === 'DELETE') restServer.clearFaults()
  else restServer.fault(faultSchema.parse(await request.json()))
  return new Response(null, { status: 204 })
}

const server = await serve(async (request) =>
  new URL(request.url).pathname === '/__faults' ? control(request) : restServer.handle(request),
)
console.log(`Listening on ${server.url}`)
