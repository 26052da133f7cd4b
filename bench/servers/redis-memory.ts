/** Limits the memory of a real Redis while it runs. */

import type { RedisBackend } from '../../sandbox/redis/index.js'
import { RedisError } from '../../sandbox/redis/resp.js'

export type MemoryLimit = { policy: 'noeviction' | 'allkeys-lru'; share: number }

/** Executes a command; rejects with Redis' error. */
async function run(backend: RedisBackend, ...command: string[]): Promise<string> {
  const reply = await backend.execute(command)
  if (reply instanceof RedisError) throw reply
  return String(reply)
}

/** Returns a figure of `INFO`. */
export async function infoNumber(backend: RedisBackend, field: string): Promise<number> {
  const value = new RegExp(`^${field}:(\\d+)`, 'm').exec(
    await run(backend, 'INFO', 'everything'),
  )?.[1]
  if (value === undefined) throw new Error(`Redis' INFO has no ${field}`)
  return Number(value)
}

/** Limits the memory to what an empty Redis takes, and this share of what its data takes now. */
export async function limitMemory(backend: RedisBackend, { policy, share }: MemoryLimit) {
  const empty = await infoNumber(backend, 'used_memory_startup')
  const used = await infoNumber(backend, 'used_memory')
  await run(backend, 'CONFIG', 'SET', 'maxmemory-policy', policy)
  const bytes = Math.round(empty + share * (used - empty))
  await run(backend, 'CONFIG', 'SET', 'maxmemory', String(bytes))
}

/** Removes the limit, and the policy with it. */
export async function removeMemoryLimit(backend: RedisBackend): Promise<void> {
  await run(backend, 'CONFIG', 'SET', 'maxmemory', '0')
  await run(backend, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
}
