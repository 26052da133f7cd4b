/** Holds the scripts that read several fields of a record in one moment. */
import { luaNow } from './redis.js'

/**
 * Returns, in Lua, the values of the fields that `ARGV` names from `first` on, then the names and
 * values of all fields of some kinds. Redis alone looks at the names of the others.
 */
const selectLua = `
local function select(kinds, first)
  local found = redis.call('HMGET', KEYS[1], unpack(ARGV, first))
  local names = {}
  for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
    if string.find(kinds, string.sub(name, 1, 2), 1, true) then names[#names + 1] = name end
  end
  local values = #names > 0 and redis.call('HMGET', KEYS[1], unpack(names)) or {}
  local size = #ARGV - first + 1
  for at, name in ipairs(names) do
    found[size + 2 * at - 1] = name
    found[size + 2 * at] = values[at]
  end
  return found
end
`

/** Reads the named fields of a record (`ARGV` from 2 on), and all of the kinds `ARGV[1]`. */
export const selectScript = `${selectLua}
return select(ARGV[1], 2)
`

/**
 * Reads a record and, in the same moment, takes the lock `KEYS[2]` for a start that Salesforce must
 * be asked for. A start that returns an open conversation, or refuses the one that the caller names
 * (`ARGV[4]`), takes no lock, and is answered after this request. Which conversation that is, is
 * judged as `existing` in `lib/conversations/start.ts` does. Returns whether the lock was taken, and
 * the fields.
 */
export const selectAndLockScript = `${luaNow}${selectLua}
local holder, lifetime, resumes, wanted, deployment = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4], ARGV[5]
local found = select('c:', 6)
local function isAlive(conversation)
  local ends = tonumber(conversation.expiresAt)
  local isCurrent = not ends or ends > now
  return conversation.status ~= 'lost' and isCurrent and conversation.deployment == deployment
end
local function isAnsweredFromRecord()
  local isAnyStarting, named = false, nil
  for at = #ARGV - 4, #found, 2 do
    local isRead, conversation = pcall(cjson.decode, found[at + 1])
    local alive = isRead and isAlive(conversation) and conversation.status
    if resumes and alive == 'open' then return true end
    if resumes and alive == 'starting' then isAnyStarting = true end
    if isRead and found[at] == wanted then named = alive or 'over' end
  end
  return not isAnyStarting and named ~= nil and named ~= 'starting'
end
local isLocked = not isAnsweredFromRecord() and redis.call('SET', KEYS[2], holder, 'NX', 'PX', lifetime)
return { isLocked and 1 or 0, found }
`
