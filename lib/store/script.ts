/**
 * Runs Lua scripts by their hash, so that a call carries no script text once Redis knows it.
 */
import { createHash } from 'node:crypto'
import type { Redis } from '@upstash/redis'

export type Script = { text: string; sha1: string }

/** Creates a script from its text. */
export function createScript(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.includes('NOSCRIPT')
}

/** Runs a script; its text is sent only to a Redis that does not know it, which then keeps it. */
export async function runScript(
  redis: Redis,
  { text, sha1 }: Script,
  keys: string[],
  args: string[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, keys, args)
  } catch (error) {
    if (!isUnknownScript(error)) throw error
    return await redis.eval(text, keys, args)
  }
}
