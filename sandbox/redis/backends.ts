import { connect } from 'node:net'
import {
  createRedisCommandExecutor,
  createVirtualConnection,
  RedisServerState,
} from 'js-redis-server/core'
import { createConnection, type RedisBackend } from './connection.js'

/** Creates a Redis in this process: data in memory, real Lua, no socket. */
export function embeddedRedis(): RedisBackend {
  const state = new RedisServerState({ databaseCount: 1 })
  const executor = createRedisCommandExecutor()
  const connection = createConnection(
    () => createVirtualConnection({ state, executor }).clientSocket,
  )
  return {
    ...connection,
    close() {
      connection.close()
      state.close()
    },
  }
}

/** Connects to a running `redis-server`, by its loopback port or the path of its unix socket. */
export function redisServer(address: { port: number } | { path: string }): RedisBackend {
  return createConnection(() =>
    'port' in address ? connect(address.port, '127.0.0.1') : connect(address.path),
  )
}
