/** A Redis behind proxies: one between the gateway and the REST front, one between that and a redis-server. */
import { http, passthrough } from 'msw'
import { type FaultProxy, startFaultProxy } from '../../sandbox/proxy/index.js'
import {
  createRedisFront,
  embeddedRedis,
  type RedisBackend,
  redisServer,
} from '../../sandbox/redis/index.js'
import { serve } from '../../sandbox/server/serve.js'
import { runRedisServer } from '../sandbox/redis-server.js'

const token = 'redis-token'

/** The server behind the front, where there is one. */
type Behind = { proxy: FaultProxy; end(): Promise<void>; begin(): Promise<void> }

export type StoreScene = {
  /** Between the gateway and the front. */
  proxy: FaultProxy
  /** Null for the embedded Redis. */
  behind: Behind | null
  variables: Record<string, string>
  /** Lets the gateway reach the proxy through the closed network. */
  handler: ReturnType<typeof http.all>
  forgetAll(): Promise<unknown>
  close(): Promise<void>
}

async function openScene(
  backend: RedisBackend,
  behind: Behind | null,
  closeBehind: () => Promise<void>,
): Promise<StoreScene> {
  const server = await serve(createRedisFront({ ...backend, token }).handle)
  const proxy = await startFaultProxy({ port: Number(new URL(server.url).port) })
  return {
    proxy,
    behind,
    variables: { UPSTASH_REDIS_REST_URL: proxy.url, UPSTASH_REDIS_REST_TOKEN: token },
    handler: http.all(`${proxy.url}/*`, () => passthrough()),
    forgetAll: () => backend.execute(['FLUSHALL']),
    async close() {
      await proxy.close()
      await server.close()
      backend.close()
      await closeBehind()
    },
  }
}

export const openEmbedded = (): Promise<StoreScene> =>
  openScene(embeddedRedis(), null, async () => undefined)

/** A real redis-server, which keeps what it was told when it restarts. */
export async function openServer(): Promise<StoreScene> {
  const server = await runRedisServer('everything')
  const proxy = await startFaultProxy({ path: server.path })
  const { end, begin } = server
  return openScene(redisServer({ port: proxy.port }), { proxy, end, begin }, async () => {
    await proxy.close()
    await server.remove()
  })
}
