/** Defines what is measured of calls, and compares it with the floor. Pure. */
import * as z from 'zod'
import { percentile } from '../figures.js'

/** Parses the use of Redis so far. `executed` counts the commands within scripts, too. */
export const frontCounts = z.object({ requests: z.int(), commands: z.int(), executed: z.int() })
export type FrontCounts = z.infer<typeof frontCounts>

/** Holds what some calls of one kind took. */
export type Sample = {
  calls: number
  /** Holds the duration of each call, in milliseconds. */
  ms: readonly number[]
  /** Is the duration of all calls together, in milliseconds. */
  elapsedMs: number
  /** Is the CPU time of the server, in milliseconds. */
  cpuMs: number
  redis: FrontCounts
}

/** Holds the figures of one sample; all but the first three are per call. */
export type Figures = {
  p50: number
  p99: number
  perSecond: number
  cpuMs: number
  redisRequests: number
  redisCommands: number
  redisExecuted: number
}

export function figuresOf({ calls, ms, elapsedMs, cpuMs, redis }: Sample): Figures {
  const sorted = ms.toSorted((a, b) => a - b)
  return {
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    perSecond: (calls * 1000) / elapsedMs,
    cpuMs: cpuMs / calls,
    redisRequests: redis.requests / calls,
    redisCommands: redis.commands / calls,
    redisExecuted: redis.executed / calls,
  }
}

export function median(values: readonly number[]): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
}

/** Returns the median of each figure over several rounds. */
export function medianFigures(rounds: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => median(rounds.map((round) => round[name]))
  return {
    p50: of('p50'),
    p99: of('p99'),
    perSecond: of('perSecond'),
    cpuMs: of('cpuMs'),
    redisRequests: of('redisRequests'),
    redisCommands: of('redisCommands'),
    redisExecuted: of('redisExecuted'),
  }
}
