/**
 * Requests that many instances may make together, counted by their moments: the limiter's windows let
 * up to twice the allowance through between the middle of one and the middle of the next, and
 * Salesforce counts by windows that we do not know.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from '@upstash/redis'
import { orStoreUnavailable } from './redis.js'

/** So many requests on a counter; a request is admitted by all of its counters or by none. */
export type SlidingLog = { key: string; max: number }

/** The number of the counter that is full and the milliseconds until it is not, or 0 twice. */
const countScript = `
local now, window = tonumber(ARGV[1]), tonumber(ARGV[2])
for index, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZCARD', key) >= tonumber(ARGV[index + 3]) then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return { index, tonumber(oldest[2]) + window - now }
  end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, ARGV[3])
  redis.call('PEXPIRE', key, window)
end
return { 0, 0 }
`

/**
 * Counts a request in all logs. Returns null when it is admitted, else the log that is full and the
 * milliseconds until it is not.
 */
export async function countInAll(
  redis: Redis,
  logs: readonly SlidingLog[],
  windowMs: number,
): Promise<{ full: SlidingLog; resetMs: number } | null> {
  const keys = logs.map(({ key }) => key)
  const max = logs.map((allowance) => String(allowance.max))
  const args = [String(Date.now()), String(windowMs), randomUUID(), ...max]
  const answer = redis.eval<string[], [number, number]>(countScript, keys, args)
  const [index, resetMs] = await orStoreUnavailable(answer)
  const full = logs[Number(index) - 1]
  return full ? { full, resetMs: Math.max(1, Number(resetMs)) } : null
}
