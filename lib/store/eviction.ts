/** Finds out whether Redis removes keys on its own when its memory is full. */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { measure } from '../request.js'

const infoReply = z.string()

/** Returns a field of Redis' INFO; undefined when it is missing. */
function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1]
}

/**
 * Tells whether Redis may evict keys, or has done so since it started. A Redis that refuses INFO, or
 * does not tell, is taken for one that keeps its keys. Never rejects.
 */
export async function evictsKeys(redis: Redis): Promise<boolean> {
  try {
    const info = infoReply.parse(await measure('redis', () => redis.exec(['INFO'])))
    const policy = fieldOf(info, 'maxmemory_policy') ?? 'noeviction'
    return policy !== 'noeviction' || Number(fieldOf(info, 'evicted_keys') ?? 0) > 0
  } catch {
    return false
  }
}
