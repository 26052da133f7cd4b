import { http } from 'msw'
import { parseJson } from '../../lib/json.js'
import type { RedisBackend } from './connection.js'
import { createFaultQueue } from './faults.js'
import { commandBody, commandsBody, type Encoding, outcomeOf } from './protocol.js'
import { createScriptAliases } from './scripts.js'

/**
 * Serves Upstash's REST API over any Redis to `@upstash/redis` and `@upstash/ratelimit`, in tests
 * (`handlers`, for msw) and in the local server (`handle`). `Response.error()` means: cut the
 * socket. `counts` only ever grow, bytes being those of bodies; `fault` spoils the next requests.
 */
export function createRedisRestServer(options: Omit<RedisBackend, 'close'> & { token: string }) {
  const counts = { requests: 0, commands: 0, bytesReceived: 0, bytesSent: 0 }
  const faults = createFaultQueue()
  const scripts = createScriptAliases()

  async function run(command: readonly string[]) {
    counts.commands += 1
    return scripts.answer(command, await options.execute(scripts.translate(command)))
  }

  async function single(body: unknown, encoding: Encoding): Promise<Response> {
    const command = commandBody.safeParse(body)
    if (!command.success) return refuse(400, 'ERR failed to parse command')
    const outcome = outcomeOf(await run(command.data), encoding)
    return Response.json(outcome, { status: 'error' in outcome ? 400 : 200 })
  }

  async function pipeline(body: unknown, encoding: Encoding): Promise<Response> {
    const commands = commandsBody.safeParse(body)
    if (!commands.success) return refuse(400, 'ERR failed to parse pipeline request')
    const replies = await Promise.all(commands.data.map(run))
    return Response.json(replies.map((reply) => outcomeOf(reply, encoding)))
  }

  async function transaction(body: unknown, encoding: Encoding): Promise<Response> {
    const commands = commandsBody.safeParse(body)
    if (!commands.success) return refuse(400, 'ERR failed to parse multi-exec request')
    counts.commands += commands.data.length
    const replies = await options.transaction(commands.data.map(scripts.translate))
    if (Array.isArray(replies)) {
      return Response.json(replies.map((reply) => outcomeOf(reply, encoding)))
    }
    return Response.json(outcomeOf(replies, encoding), { status: 400 })
  }

  const routes = new Map([
    ['/', single],
    ['/pipeline', pipeline],
    ['/multi-exec', transaction],
  ])

  async function answer(request: Request): Promise<Response> {
    const route = routes.get(new URL(request.url).pathname)
    if (!route) return refuse(404, 'ERR no such path')
    if (request.method !== 'POST') return refuse(405, 'ERR only POST is spoken here')
    if (request.headers.get('authorization') !== `Bearer ${options.token}`) {
      return refuse(401, 'WRONGPASS invalid or missing auth token')
    }
    const base64 = request.headers.get('upstash-encoding') === 'base64'
    const text = await request.text().catch(() => '')
    counts.bytesReceived += Buffer.byteLength(text)
    const response = await route(parseJson(text), base64 ? 'base64' : 'utf8')
    const reply = await response.text()
    counts.bytesSent += Buffer.byteLength(reply)
    return new Response(reply, response)
  }

  function handle(request: Request): Promise<Response> {
    counts.requests += 1
    return faults.apply(request, () => answer(request).catch(() => refuse(500, 'ERR no Redis')))
  }

  return {
    counts,
    handle,
    fault: faults.add,
    clearFaults: faults.clear,
    /** Returns msw's handlers for everything under this address. */
    handlers: (baseUrl: string) => [
      http.all(`${baseUrl.replace(/\/+$/, '')}/*`, ({ request }) => handle(request)),
    ],
  }
}

/** Names the server that `createRedisRestServer` returns. */
export type RedisRestServer = ReturnType<typeof createRedisRestServer>

const refuse = (status: number, error: string) => Response.json({ error }, { status })
