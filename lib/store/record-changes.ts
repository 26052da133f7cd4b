/**
 * Changes visitors' records. This is the only writer of their fields, tombstones excepted, so what
 * must hold of a record holds after each change:
 *
 * - a record with `gone` stays as it is: nothing of a visitor who was forgotten or merged returns;
 * - `until` is the expiry of the open conversation that lasts longest;
 * - the record lives as long as `RecordLifetime` says from now on, and never shorter than before.
 */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import type { RecordLifetime } from './record-lifetime.js'
import { orStoreUnavailable } from './redis.js'

/** Names the state of a field in which a change is made; in any other state nothing changes. */
type Condition =
  | { field: string; is: 'stored' | 'absent' }
  /** The field holds exactly this text. */
  | { field: string; is: 'same'; text: string }
  /** The field is absent, or holds a conversation in the state `starting`. */
  | { field: string; is: 'unstarted' }

export type RecordChange = {
  when?: Condition
  set?: Readonly<Record<string, string>>
  remove?: readonly string[]
  /** Holds the expiry of a token that the change stores or announces, epoch milliseconds. */
  tokenExpiresAt?: number
}

/** Prolongs `key`, and never shortens its life. */
export const prolongScript = `
local function prolong(key, ms)
  if redis.call('PTTL', key) < tonumber(ms) then redis.call('PEXPIRE', key, ms) end
end
`

const changeScript = `
${prolongScript}
local key, is, field, text, keepMs, sets = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

local function meetsCondition()
  if is == '' then return true end
  local now = redis.call('HGET', key, field)
  if is == 'stored' then return now end
  if is == 'absent' then return not now end
  if is == 'same' then return now == text end
  return not now or cjson.decode(now).status == 'starting'
end

local function lastExpiry()
  local names = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, 2) == 'c:' then names[#names + 1] = name end
  end
  local last = 0
  for _, json in ipairs(#names > 0 and redis.call('HMGET', key, unpack(names)) or {}) do
    local isRead, conversation = pcall(cjson.decode, json)
    if isRead and conversation.status == 'open' and type(conversation.expiresAt) == 'number' then
      last = math.max(last, conversation.expiresAt)
    end
  end
  return last
end

if redis.call('HEXISTS', key, 'gone') == 1 or not meetsCondition() then return 0 end
for at = 6, 5 + 2 * sets, 2 do redis.call('HSET', key, ARGV[at], ARGV[at + 1]) end
for at = 6 + 2 * sets, #ARGV do redis.call('HDEL', key, ARGV[at]) end
local last = lastExpiry()
if last > 0 then redis.call('HSET', key, 'until', string.format('%.0f', last))
else redis.call('HDEL', key, 'until') end
prolong(key, keepMs)
return 1
`

type Options = {
  redis: Redis
  keys: Keys
  recordLifetime: RecordLifetime
  /** Reads the shared clock. */
  now: () => number
}

/** Changes one record; resolves to true when the change was made. */
export type ChangeRecord = (visitorId: string, change: RecordChange) => Promise<boolean>

export function createRecordChanges({ redis, keys, recordLifetime, now }: Options): ChangeRecord {
  return async function changeRecord(
    visitorId,
    { when, set = {}, remove = [], tokenExpiresAt = 0 },
  ) {
    const { field, is } = when ?? { field: '', is: '' }
    const text = when?.is === 'same' ? when.text : ''
    const keepMs = recordLifetime(visitorId, tokenExpiresAt - now())
    const pairs = Object.entries(set)
    const args = [is, field, text, String(keepMs), String(pairs.length), ...pairs.flat(), ...remove]
    const result = redis.eval(changeScript, [keys.visitor(visitorId)], args)
    return Number(await orStoreUnavailable(result)) === 1
  }
}
