/** Reads all keys of the store, and checks what a test leaves there: documented keys with a lifetime. */
import * as z from 'zod'
import type { RedisBackend } from '../../sandbox/redis/index.js'
import { storedKeys } from './doc-tables.js'

type Store = { redisBackend: RedisBackend }

const names = z.array(z.coerce.string())

/** Returns the keys that match a pattern of Redis; by default all. */
export async function keysOf({ redisBackend }: Store, pattern = '*'): Promise<string[]> {
  return names.parse(await redisBackend.execute(['KEYS', pattern]))
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(textOf))
  return Buffer.isBuffer(value) ? value.toString() : String(value)
}

/** Returns all keys with their values, as texts. */
export async function storedValues(store: Store): Promise<Map<string, string>> {
  const { execute } = store.redisBackend
  const rows = (await keysOf(store)).sort().map(async (key): Promise<[string, string]> => {
    const isHash = String(await execute(['TYPE', key])) === 'hash'
    return [key, textOf(await execute([isHash ? 'HGETALL' : 'GET', key]))]
  })
  return new Map(await Promise.all(rows))
}

/** Returns the keys that no row of `docs/security.md` documents and those that never expire. */
export async function findUndocumentedKeys(redisBackend: RedisBackend): Promise<string[]> {
  const keys = await keysOf({ redisBackend })
  const lifetimes = await Promise.all(keys.map((key) => redisBackend.execute(['PTTL', key])))
  const neverExpires = (index: number) => Number(lifetimes[index]) === -1
  const isUndocumented = (key: string) => !storedKeys.some(({ pattern }) => pattern.test(key))
  return keys.filter((key, index) => isUndocumented(key) || neverExpires(index))
}
