import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RedisBackend, redisServer } from '../../sandbox/redis/index.js'

const binary = 'redis-server'

/** Tells whether a real Redis can be started here; in CI its absence is a failure. */
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

/** Tells what a Redis writes to its disk, and how often it flushes that. */
const storageOptions = {
  everything: ['--appendonly', 'yes', '--appendfsync', 'no'],
  everySecond: ['--appendonly', 'yes', '--appendfsync', 'everysec'],
  nothing: ['--appendonly', 'no'],
}
export type Durability = keyof typeof storageOptions

export type RedisServer = Awaited<ReturnType<typeof runRedisServer>>

/**
 * Runs a real Redis on a unix socket in a folder of its own. It can end and begin again with what it
 * kept; `remove` ends it for good.
 */
export async function runRedisServer(durability: Durability) {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const path = join(folder, 'redis.sock')
  const storage = ['--dir', folder, '--save', '', ...storageOptions[durability]]
  const log = join(folder, 'appendonlydir')
  const copy = join(folder, 'copy')

  function spawnServer() {
    return spawn(binary, ['--port', '0', '--unixsocket', path, ...storage], { stdio: 'ignore' })
  }
  let server = spawnServer()
  await untilItAnswers(path)

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const isOver = once(server, 'exit')
    server.kill(signal)
    await isOver
  }

  async function restart(): Promise<void> {
    server = spawnServer()
    await untilItAnswers(path)
  }

  return {
    path,
    end: () => stop(),
    restart,
    /**
     * Does the work, kills the server, and starts it again without what was written meanwhile, as a
     * machine that dies before the log is flushed. A killed process alone would lose nothing: what it
     * wrote is in the kernel's cache.
     */
    async loseWritesOf<T>(work: () => Promise<T>): Promise<T> {
      cpSync(log, copy, { recursive: true })
      const result = await work()
      await stop('SIGKILL')
      rmSync(log, { recursive: true })
      renameSync(copy, log)
      await restart()
      return result
    },
    async remove() {
      if (server.exitCode === null && server.signalCode === null) await stop()
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
