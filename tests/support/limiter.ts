/** Creates limiters over a Redis backend, without a gateway around them. */
import type { Redis } from '@upstash/redis'
import { defaultLimits, type Limits } from '../../lib/limits.js'
import { createKeys } from '../../lib/store/keys.js'
import { createLimiter, type Limiter } from '../../lib/store/limiter.js'
import type { RedisBackend } from '../../sandbox/redis/index.js'
import { outcomeOf } from '../../sandbox/redis/protocol.js'

type Execute = RedisBackend['execute']

/** Returns the scripting part of a client, as the limiter uses it. */
export function scriptingClient(execute: Execute): Redis {
  async function run(verb: string, script: string, keys: string[], args: string[]) {
    const outcome = outcomeOf(
      await execute([verb, script, String(keys.length), ...keys, ...args]),
      'utf8',
    )
    if ('error' in outcome) throw new Error(outcome.error)
    return outcome.result
  }
  const client = {
    evalsha: (sha1: string, keys: string[], args: string[]) => run('EVALSHA', sha1, keys, args),
    eval: (text: string, keys: string[], args: string[]) => run('EVAL', text, keys, args),
  }
  return client as unknown as Redis
}

/** Creates a limiter, as a process that has just begun has it: it knows of no refusal. */
export function freshLimiter(execute: Execute, limits: Partial<Limits> = {}): Limiter {
  return createLimiter({
    redis: scriptingClient(execute),
    keys: createKeys('test'),
    limits: { ...defaultLimits, ...limits },
    organisation: 'org/deployment',
  })
}
