import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisBackend, redisServer } from '../../sandbox/redis/index.js'

const binary = 'redis-server'

/** Whether a real Redis can be started here; where it must be (CI), its absence is a failure. */
export function hasRedisServer(): boolean {
  if (spawnSync(binary, ['--version']).status === 0) return true
  if (process.env.CI === 'true') throw new Error('CI needs a Redis: apt-get install redis-server')
  console.warn('Skipped the tests against a real Redis: apt-get install redis-server')
  return false
}

/** Starts a real Redis on a unix socket in a folder of its own; `close` ends it and removes all. */
export async function startRedisServer(): Promise<RedisBackend> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const path = join(folder, 'redis.sock')
  const options = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '']
  const server = spawn(binary, [...options, '--appendonly', 'no'], { stdio: 'ignore' })
  for (let tries = 0; !existsSync(path) && tries < 200; tries += 1) await sleep(20)
  const backend = redisServer({ path })
  return {
    ...backend,
    close() {
      backend.close()
      server.once('exit', () => rmSync(folder, { recursive: true, force: true }))
      server.kill()
    },
  }
}
