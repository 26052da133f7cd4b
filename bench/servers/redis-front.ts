/**
 * Serves a real redis-server over Upstash's REST protocol at little cost of its own, as a separate
 * process. It checks nothing, and keeps no faults: `redis.ts` does. `GET /__counts` returns the
 * requests and the commands so far (`FrontCounts`).
 */
import { redisServer } from '../../sandbox/redis/index.js'
import { outcomeOf } from '../../sandbox/redis/protocol.js'
import { runRedisServer } from '../../tests/sandbox/redis-server.js'
import type { FrontCounts } from '../ratios/measures.js'
import { type StubReply, type StubRequest, serveStub } from './http-stub.js'

const server = await runRedisServer('nothing')
const backend = redisServer({ path: server.path })
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void server.remove().then(() => process.exit(0)))
}
process.on('exit', () => void server.remove())

let requests = 0
let commands = 0

/** Counts the commands that Redis executed, those within scripts too. */
async function countExecuted(): Promise<number> {
  const info = String(await backend.execute(['INFO', 'commandstats']))
  const counts = [...info.matchAll(/^cmdstat_(?!info|ping)[^:]+:calls=(\d+)/gm)]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

type Encoding = Parameters<typeof outcomeOf>[1]

async function run(command: readonly unknown[], encoding: Encoding) {
  commands += 1
  return outcomeOf(await backend.execute(command.map(String)), encoding)
}

async function answer({ path, headers, body }: StubRequest): Promise<StubReply> {
  requests += 1
  // Upstash's library asks for base64, and decodes it.
  const encoding = headers['upstash-encoding'] === 'base64' ? 'base64' : 'utf8'
  const parsed = JSON.parse(body)
  if (path === '/') return { json: JSON.stringify(await run(parsed, encoding)) }
  if (path === '/pipeline') {
    const all = parsed.map((command: readonly unknown[]) => run(command, encoding))
    return { json: JSON.stringify(await Promise.all(all)) }
  }
  if (path !== '/multi-exec') return { status: 404, json: '{"error":"ERR no such path"}' }
  commands += parsed.length
  const replies = await backend.transaction(
    parsed.map((command: readonly unknown[]) => command.map(String)),
  )
  if (!Array.isArray(replies))
    return { status: 400, json: JSON.stringify(outcomeOf(replies, encoding)) }
  return { json: JSON.stringify(replies.map((reply) => outcomeOf(reply, encoding))) }
}

serveStub(async (request) => {
  if (request.path !== '/__counts') return answer(request)
  const counts: FrontCounts = { requests, commands, executed: await countExecuted() }
  return { json: JSON.stringify(counts) }
})
