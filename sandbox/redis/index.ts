/** Exports a local Redis with Upstash's REST protocol, for the tests and the local server. */
export { embeddedRedis, redisServer } from './backends.js'
export type { RedisBackend } from './connection.js'
export type { RedisFault } from './faults.js'
export { createRedisRestServer, type RedisRestServer } from './rest-server.js'
