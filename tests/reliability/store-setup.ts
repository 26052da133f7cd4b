/**
 * Sets up a Redis behind proxies: one between the gateway and the REST server, and one between the REST
 * server and a redis-server.
 */
import { http, passthrough } from 'msw'
import { type FaultProxy, startFaultProxy } from '../../sandbox/proxy/index.js'
import {
  createRedisRestServer,
  embeddedRedis,
  type RedisBackend,
  redisServer,
} from '../../sandbox/redis/index.js'
import { serve } from '../../sandbox/server/serve.js'
import { runRedisServer } from '../sandbox/redis-server.js'

const token = 'redis-token'

/** Controls the redis-server behind the REST server. */
type BackendProxy = { proxy: FaultProxy; end(): Promise<void>; begin(): Promise<void> }

export type StoreSetup = {
  /** Stands between the gateway and the REST server. */
  proxy: FaultProxy
  /** Is null for the embedded Redis. */
  backendProxy: BackendProxy | null
  variables: Record<string, string>
  /** Lets the gateway reach the proxy through the closed network. */
  handler: ReturnType<typeof http.all>
  flush(): Promise<unknown>
  close(): Promise<void>
}

/** Is a real redis-server that can forget. */
export type LossyStoreSetup = StoreSetup & {
  /** Does the work, and restarts Redis without what was written meanwhile. */
  loseWritesOf<T>(work: () => Promise<T>): Promise<T>
}

async function openStore(
  backend: RedisBackend,
  backendProxy: BackendProxy | null,
  closeBackend: () => Promise<void>,
): Promise<StoreSetup> {
  const server = await serve(createRedisRestServer({ ...backend, token }).handle)
  const proxy = await startFaultProxy({ port: Number(new URL(server.url).port) })
  return {
    proxy,
    backendProxy,
    variables: { UPSTASH_REDIS_REST_URL: proxy.url, UPSTASH_REDIS_REST_TOKEN: token },
    handler: http.all(`${proxy.url}/*`, () => passthrough()),
    flush: () => backend.execute(['FLUSHALL']),
    async close() {
      await proxy.close()
      await server.close()
      backend.close()
      await closeBackend()
    },
  }
}

export const openEmbedded = (): Promise<StoreSetup> =>
  openStore(embeddedRedis(), null, async () => undefined)

/** Opens a real redis-server, which keeps its data when it restarts, but for what it is told to lose. */
export async function openServer(): Promise<LossyStoreSetup> {
  const server = await runRedisServer('everything')
  const proxy = await startFaultProxy({ path: server.path })
  const { end, restart } = server
  const backendProxy = { proxy, end, begin: restart }
  const store = await openStore(redisServer({ port: proxy.port }), backendProxy, async () => {
    await proxy.close()
    await server.remove()
  })
  return { ...store, loseWritesOf: server.loseWritesOf }
}
