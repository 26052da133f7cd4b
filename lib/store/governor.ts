/**
 * Requests that many instances may make together, counted by their moments: the limiter's windows let
 * up to twice the allowance through between the middle of one and the middle of the next, and
 * Salesforce counts by windows that we do not know.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from '@upstash/redis'
import { fromStore } from './redis.js'

/** So many requests on a counter; a request is admitted by all of its counters or by none. */
export type Allowance = { key: string; most: number }

/** The number of the counter that is full and the milliseconds until it is not, or 0 twice. */
const admitScript = `
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

/** What is full, and for how long yet (milliseconds); null: the request is admitted, and counted. */
export async function admitTogether(
  redis: Redis,
  allowances: readonly Allowance[],
  windowMs: number,
): Promise<{ full: Allowance; resetMs: number } | null> {
  const keys = allowances.map(({ key }) => key)
  const most = allowances.map((allowance) => String(allowance.most))
  const args = [String(Date.now()), String(windowMs), randomUUID(), ...most]
  const answer = redis.eval<string[], [number, number]>(admitScript, keys, args)
  const [index, resetMs] = await fromStore(answer)
  const full = allowances[Number(index) - 1]
  return full ? { full, resetMs: Math.max(1, Number(resetMs)) } : null
}
