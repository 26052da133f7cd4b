/**
 * Connects to Redis: commands of one tick travel in one HTTP request. Upstash's own auto-pipelining
 * sends reads and writes apart and skips some commands, so this is explicit.
 */
import { Redis } from '@upstash/redis'
import { GatewayError } from '../problem.js'
import { currentScope, measure, type RequestScope } from '../request.js'

type Options = { url: string; token: string; timeoutMs: number }

type Queued = {
  command: PropertyKey
  args: unknown[]
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

/** The error Redis gave for one command; its text may repeat values, so it is looked at and never shown. */
class CommandError extends Error {
  override name = 'CommandError' as const
}

/**
 * Milliseconds granted for taking back what a request began, once it has waited for Redis in vain.
 */
const cleanUpMs = 100

/** A request waits for Redis in vain once, not once for each thing it asks. */
function remainingTimeoutMs(timeoutMs: number): number {
  const wastedMs = currentScope()?.wastedMs.redis ?? 0
  return Math.max(cleanUpMs, Math.ceil(timeoutMs - wastedMs))
}

/** Connects to an Upstash database; nothing is retried, and nothing waits longer than `timeoutMs`. */
export function connectRedis({ url, token, timeoutMs }: Options): Redis {
  const redis = new Redis({
    url,
    token,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    signal: () => AbortSignal.timeout(remainingTimeoutMs(timeoutMs)),
  })
  return batched(redis)
}

/** The same client, but commands that a request of ours asks in one tick share one request to Redis. */
function batched(redis: Redis): Redis {
  const queues = new Map<RequestScope | undefined, Queued[]>()

  async function flush() {
    const scope = currentScope()
    const batch = queues.get(scope) ?? []
    queues.delete(scope)
    try {
      const pipeline = redis.pipeline()
      for (const { command, args } of batch) Reflect.get(pipeline, command).apply(pipeline, args)
      const results = await measure('redis', () => pipeline.exec<unknown[]>({ keepErrors: true }))
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = results[index]
        if (!outcome || outcome.error) reject(new CommandError(outcome?.error ?? 'no answer'))
        else resolve(outcome.result)
      })
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('no answer')
      for (const { reject } of batch) reject(failure)
    }
  }

  const commands = redis.pipeline()
  return new Proxy(redis, {
    get(target, command) {
      if (!(command in commands)) return Reflect.get(target, command)
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const scope = currentScope()
          const queue = queues.get(scope) ?? []
          if (queue.length === 0) queueMicrotask(() => queueMicrotask(flush))
          queue.push({ command, args, resolve, reject })
          queues.set(scope, queue)
        })
    },
  })
}

/** Turns any failure of Redis into the one a caller sees; the original is not kept, for it repeats values. */
export async function orStoreUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
  }
}

/** Runs a MULTI as one request and reports its failure as the store's. */
export function commit(change: { exec(): Promise<unknown> }): Promise<unknown> {
  return orStoreUnavailable(measure('redis', () => change.exec()))
}
