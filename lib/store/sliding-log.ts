/**
 * Counts the calls of many instances together, by their times on Redis' clock: at most `max` pass
 * in any window of that length, and the moment at which the next one passes is exact. A call is
 * counted in all of its logs or, when one is full, in none.
 *
 * A log is one string, `<time>:<calls> <time>:<calls> …`, so that a counted call costs one GET and
 * one SET, and a refused one a GET. Each time but the first is relative to the one before it. Calls
 * of a large limit share slots, which bounds the string.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { GatewayError } from '../problem.js'
import { luaNow, orStoreUnavailable } from './redis.js'
import { createScript, runScript, type Script } from './script.js'

/**
 * Describes a log: at most `max` calls in `windowMs`. All logs of one call must share a hash tag.
 */
export type SlidingLog = { key: string; max: number; windowMs: number }

/**
 * Describes the state of a log after a call. `nextMs`: until the next call passes; `wholeMs`: until
 * it is empty.
 */
export type LogState = { calls: number; nextMs: number; wholeMs: number }

/**
 * Describes something that the same script does for a call that was counted. Its Lua reads the key
 * `KEY`, the arguments `ARG` and the time `now`, and returns what `read` reads.
 */
export type Step<R> = {
  script: Script
  key?: string
  args: readonly (string | number)[]
  read(reply: unknown): R
}

/**
 * Sets the entries of a log at most: a larger limit counts its calls in slots of `window /
 * maxSlots`.
 */
const maxSlots = 256

/**
 * Returns the milliseconds of a slot. A call counts from the end of its slot, so that it leaves the
 * window at most one slot late and never early.
 */
function slotMsOf({ max, windowMs }: SlidingLog): number {
  return max <= maxSlots ? 1 : Math.max(1, Math.ceil(windowMs / maxSlots))
}

/** Reads the time, and counts the call. `ARGV`: the number of logs, then `max`, window and slot of each. */
const countLua = `${luaNow}
local logs, states, admitted = {}, {}, true
for index = 1, tonumber(ARGV[1]) do
  local log = { key = KEYS[index], calls = 0, max = tonumber(ARGV[3 * index - 1]),
    window = tonumber(ARGV[3 * index]), slot = tonumber(ARGV[3 * index + 1]) }
  local at = 0
  for distance, calls in string.gmatch(redis.call('GET', log.key) or '', '(%d+):(%d+)') do
    at = at + tonumber(distance)
    local entry = { at = at, calls = tonumber(calls) }
    if entry.at > now - log.window then
      table.insert(log, entry)
      log.calls = log.calls + entry.calls
    end
  end
  logs[index] = log
  admitted = admitted and log.calls < log.max
end
for index, log in ipairs(logs) do
  if admitted then
    local last = log[#log]
    local at = math.max(math.ceil(now / log.slot) * log.slot, last and last.at or 0)
    if last and last.at == at then
      last.calls = last.calls + 1
    else
      table.insert(log, { at = at, calls = 1 })
    end
    log.calls = log.calls + 1
    local kept, before = {}, 0
    for place, entry in ipairs(log) do
      kept[place] = string.format('%.0f:%d', entry.at - before, entry.calls)
      before = entry.at
    end
    local lifetime = string.format('%.0f', at + log.window - now)
    redis.call('SET', log.key, table.concat(kept, ' '), 'PX', lifetime)
  end
  local nextIn, left = 0, log.max
  for place = #log, 1, -1 do
    left = left - log[place].calls
    if left <= 0 then
      nextIn = log[place].at + log.window - now
      break
    end
  end
  local last = log[#log]
  states[index] = { log.calls, nextIn, last and last.at + log.window - now or 0 }
end
`

/** Creates the script of a step, which begins by counting the call. */
export function createStepScript(lua: string): Script {
  return createScript(`${countLua}
local KEY, ARG = KEYS[#logs + 1], {}
for place = 3 * #logs + 2, #ARGV do table.insert(ARG, ARGV[place]) end
local function step()
  ${lua}
end
return { admitted and 1 or 0, states, admitted and step() or 0 }`)
}

/** Does nothing but count. */
export const noStep: Step<null> = {
  script: createStepScript('return 0'),
  args: [],
  read: () => null,
}

const stateReply = z
  .tuple([z.int(), z.int(), z.int()])
  .transform(([calls, nextMs, wholeMs]): LogState => ({ calls, nextMs, wholeMs }))
const countReply = z.tuple([z.int(), z.array(stateReply), z.unknown()])

type Counted<R> = { states: readonly LogState[] } & (
  | { isAdmitted: true; reply: R }
  | { isAdmitted: false }
)

/**
 * Counts a call in all logs, unless one of them is full, and takes a step for one that was counted.
 * @throws {GatewayError} store_unavailable
 */
export function countCall<R>(
  redis: Redis,
  logs: readonly SlidingLog[],
  step: Step<R>,
): Promise<Counted<R>> {
  const sizes = logs.flatMap((log) => [log.max, log.windowMs, slotMsOf(log)])
  const keys = [...logs.map(({ key }) => key), ...(step.key === undefined ? [] : [step.key])]
  const args = [logs.length, ...sizes, ...step.args].map(String)
  const answer = runScript(redis, step.script, keys, args).then((reply): Counted<R> => {
    const [admitted, states, stepReply] = countReply.parse(reply)
    if (states.length !== logs.length) throw new TypeError('a state is missing')
    if (admitted !== 1) return { isAdmitted: false, states }
    return { isAdmitted: true, states, reply: step.read(stepReply) }
  })
  return orStoreUnavailable(answer)
}

/**
 * Takes a step for a call that was counted before.
 * @throws {GatewayError} store_unavailable
 */
export async function takeStep<R>(redis: Redis, step: Step<R>): Promise<R> {
  const taken = await countCall(redis, [], step)
  if (!taken.isAdmitted) throw new GatewayError('store_unavailable', { retryAfterMs: 1000 })
  return taken.reply
}
