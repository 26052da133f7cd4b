/**
 * Connects to Redis: commands of one tick travel in one HTTP request. Upstash's own auto-pipelining
 * sends reads and writes apart and skips some commands, so this is explicit.
 */
import { Redis } from '@upstash/redis'
import * as z from 'zod'
import { type Clock, createClock } from '../clock.js'
import { expiringSignal } from '../deadline.js'
import { GatewayError } from '../problem.js'
import { currentScope, measure, type RequestScope } from '../request.js'

type Options = { url: string; token: string; timeoutMs: number }

type Queued = {
  command: PropertyKey
  args: unknown[]
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

/** Is Redis' error for one command. Its text may repeat values, so it is never shown. */
class CommandError extends Error {
  override name = 'CommandError' as const
}

/**
 * Sets the milliseconds for which Redis is doubted after a failure: writes that got no answer may
 * have taken effect, and a Redis that restarted, or gave way to its replica, may have lost what it wrote last.
 */
export const doubtMs = 60_000

/** Tells whether a failure of Redis was noticed so recently that Redis is doubted. */
export type IsDoubted = () => boolean

/** Creates the doubt of a process: each `begin` starts its minute again. */
export function createDoubt() {
  let failedAt = Number.NEGATIVE_INFINITY
  const isDoubted: IsDoubted = () => performance.now() - failedAt < doubtMs
  return {
    isDoubted,
    begin(): void {
      failedAt = performance.now()
    },
  }
}

/** Sets, in Lua, `now`: Redis' time, epoch milliseconds. */
export const luaNow = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * Sets the milliseconds in which a request may still undo its writes, once it has waited for Redis
 * in vain: the least timeout that the environment may set.
 */
const cleanUpMs = 100

/**
 * Returns the rest of the timeout: a request waits for Redis in vain once, not once per command.
 */
function remainingTimeoutMs(timeoutMs: number): number {
  const wastedMs = currentScope()?.wastedMs.redis ?? 0
  return Math.max(cleanUpMs, timeoutMs - wastedMs)
}

const text = z.string().nullable()
const integer = z.int()
/** Describes the reply of TIME, seconds and microseconds, as epoch milliseconds. */
const timeReply = z
  .tuple([z.coerce.number().positive(), z.coerce.number().nonnegative()])
  .transform(([seconds, microseconds]) => seconds * 1000 + microseconds / 1000)

/**
 * Holds schemas of replies by command; the caller of a script knows more of what the script
 * replies.
 */
const replySchemas = new Map<PropertyKey, z.ZodType>([
  ['ping', z.literal('PONG')],
  ['get', text],
  ['hget', text],
  ['hmget', z.array(text).min(1)],
  ['mget', z.array(text).min(1)],
  ['set', z.literal('OK').nullable()],
  ...['del', 'hset', 'hsetnx', 'hdel', 'pexpire'].map((name) => [name, integer] as const),
  ...['eval', 'evalsha'].map(
    (name) => [name, z.union([integer, z.array(z.unknown()).min(1)])] as const,
  ),
])

/** Tells that a reply is one that its command can have: nothing is concluded from another. */
function isReply(command: PropertyKey, result: unknown): boolean {
  return replySchemas.get(command)?.safeParse(result).success ?? true
}

/** Errors of a Redis that has just restarted, or given way to its replica. */
const restartErrors = ['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN']

/** Tells by a command's error that Redis has just restarted. */
function tellsOfRestart(error: string | undefined): boolean {
  return restartErrors.includes(error?.split(' ')[0] ?? '')
}

/**
 * Connects to an Upstash database; nothing is retried, and nothing waits longer than `timeoutMs`.
 * The clock learns the time from the answers.
 * @param onFailure is called when a request got no answer, or that of a Redis that has just restarted
 */
export function connectRedis(
  { url, token, timeoutMs }: Options,
  clock = createClock(),
  onFailure: () => void = () => undefined,
): Redis {
  const redis = new Redis({
    url,
    token,
    automaticDeserialization: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    retry: { retries: 0 },
    signal: () => expiringSignal(remainingTimeoutMs(timeoutMs)),
  })
  return batched(redis, clock, onFailure)
}

/** Lists members of a pipeline that are no commands of Redis. */
const ownMembers = new Set<PropertyKey>(['exec', 'length'])

/**
 * Wraps the client, so that the commands of one request in one tick share one request to Redis. When
 * the clock is due, Redis is asked for the time in the same request.
 */
function batched(redis: Redis, clock: Clock, onFailure: () => void): Redis {
  const queues = new Map<RequestScope | undefined, Queued[]>()

  /** Sends a request to Redis, and tells of its failure. */
  async function exchange<T>(exec: () => Promise<T>): Promise<T> {
    try {
      return await measure('redis', exec)
    } catch (error) {
      onFailure()
      throw error
    }
  }

  async function flush() {
    const scope = currentScope()
    const batch = queues.get(scope) ?? []
    queues.delete(scope)
    try {
      const pipeline = redis.pipeline()
      for (const { command, args } of batch) Reflect.get(pipeline, command).apply(pipeline, args)
      const isAsking = clock.ask()
      if (isAsking) pipeline.time()
      const sentAt = Date.now()
      const results = await exchange(() => pipeline.exec<unknown[]>({ keepErrors: true }))
      const time = timeReply.safeParse(isAsking ? results[batch.length]?.result : null)
      if (time.success) clock.learn(sentAt, time.data)
      if (results.some(({ error }) => tellsOfRestart(error))) onFailure()
      batch.forEach(({ command, resolve, reject }, index) => {
        const outcome = results[index]
        if (!outcome || outcome.error) reject(new CommandError(outcome?.error ?? 'no answer'))
        else if (!isReply(command, outcome.result)) reject(new CommandError('no reply'))
        else resolve(outcome.result)
      })
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('no answer')
      for (const { reject } of batch) reject(failure)
    }
  }

  /** Begins a MULTI, which is a request of its own. */
  function multi() {
    const change = redis.multi()
    const { exec } = change
    return Object.assign(change, { exec: () => exchange(() => exec()) })
  }

  const commands = redis.pipeline()
  return new Proxy(redis, {
    get(target, command) {
      if (command === 'multi') return multi
      if (!(command in commands) || ownMembers.has(command)) return Reflect.get(target, command)
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

/**
 * Turns any failure of Redis into the one problem that a caller sees. The original error is
 * dropped, because it repeats values.
 * @throws {GatewayError} store_unavailable
 */
export async function orStoreUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof GatewayError) throw error
    throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
  }
}

/**
 * Reads a reply by its schema; what does not fit is no reply.
 * @throws {GatewayError} store_unavailable
 */
export function readReply<T extends z.ZodType>(
  schema: T,
  work: Promise<unknown>,
): Promise<z.output<T>> {
  return orStoreUnavailable(work.then((reply) => schema.parse(reply)))
}

/**
 * Asks Redis for the time, for a clock that cannot wait for the next request.
 * @throws {GatewayError} store_unavailable
 */
export async function readTime(redis: Redis, clock: Clock): Promise<void> {
  const sentAt = Date.now()
  clock.learn(sentAt, await readReply(timeReply, redis.time()))
}

/** Describes replies of the commands that a MULTI is made of: integers, and `OK` of a `SET`. */
const multiReply = z.union([integer, z.literal('OK')])

/**
 * Runs a MULTI as one request.
 * @throws {GatewayError} store_unavailable
 */
export async function commit(change: {
  exec(): Promise<unknown>
  length(): number
}): Promise<void> {
  const replies = z.array(multiReply).length(change.length())
  await readReply(replies, change.exec())
}
