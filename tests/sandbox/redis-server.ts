import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
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

async function untilItAnswers(path: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const backend = redisServer({ path })
    const reply = await backend.execute(['PING']).catch(() => null)
    backend.close()
    if (reply === 'PONG') return
    await sleep(20)
  }
  throw new Error('redis-server does not answer')
}

/**
 * A real Redis on a unix socket in a folder of its own. It can end and begin again with what it kept;
 * `remove` ends it for good.
 */
export async function runRedisServer(durability: 'everything' | 'nothing') {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const path = join(folder, 'redis.sock')
  const log = durability === 'everything' ? 'yes' : 'no'
  const storage = ['--dir', folder, '--save', '', '--appendonly', log, '--appendfsync', 'no']

  function spawnServer() {
    return spawn(binary, ['--port', '0', '--unixsocket', path, ...storage], { stdio: 'ignore' })
  }
  let server = spawnServer()
  await untilItAnswers(path)

  async function stop(): Promise<void> {
    const isOver = once(server, 'exit')
    server.kill()
    await isOver
  }
  return {
    path,
    end: stop,
    async restart() {
      server = spawnServer()
      await untilItAnswers(path)
    },
    async remove() {
      if (server.exitCode === null) await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts a real Redis; `close` ends it and removes all. */
export async function startRedisServer(): Promise<RedisBackend> {
  const { path, remove } = await runRedisServer('nothing')
  const backend = redisServer({ path })
  return {
    ...backend,
    close() {
      backend.close()
      void remove()
    },
  }
}
