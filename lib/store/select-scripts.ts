/** Holds the scripts that read several fields of a record in one moment. */
import { luaNow } from './redis.js'

/**
 * Lua: returns the values of the fields that `ARGV` names from `first` on, then the names and values
 * of all fields of some kinds. Redis alone looks at the names of the others.
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
 * Reads a record and, in the same moment, takes the lock `KEYS[2]` for a start that will create a
 * conversation: none that is open can be resumed, and the one that the caller names (`ARGV[4]`) is
 * unknown. A start that returns what is there takes no lock, and is answered after this request.
 * Returns whether the lock was taken, and the fields.
 */
export const selectAndLockScript = `${luaNow}${selectLua}
local holder, lifetime, resumes, named = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4]
local found = select('c:', 5)
local function mayReturnOne()
  for at = #ARGV - 3, #found, 2 do
    if found[at] == named then return true end
    local isRead, conversation = pcall(cjson.decode, found[at + 1])
    if resumes and isRead and conversation.status == 'open' then
      local ends = tonumber(conversation.expiresAt)
      if not ends or ends > now then return true end
    end
  end
  return false
end
local isLocked = not mayReturnOne() and redis.call('SET', KEYS[2], holder, 'NX', 'PX', lifetime)
return { isLocked and 1 or 0, found }
`
