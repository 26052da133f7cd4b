/** What a test leaves in the store: keys that are documented, each with a lifetime. */
import * as z from 'zod'
import type { RedisBackend } from '../../sandbox/redis/index.js'
import { storedKeys } from './doc-tables.js'

const names = z.array(z.coerce.string())

/** Keys that no row of `docs/security.md` tells of, and those that live for ever. */
export async function findUndocumentedKeys({ execute }: RedisBackend): Promise<string[]> {
  const keys = names.parse(await execute(['KEYS', '*']))
  const lifetimes = await Promise.all(keys.map((key) => execute(['PTTL', key])))
  const neverExpires = (index: number) => Number(lifetimes[index]) === -1
  const isUndocumented = (key: string) => !storedKeys.some(({ pattern }) => pattern.test(key))
  return keys.filter((key, index) => isUndocumented(key) || neverExpires(index))
}
