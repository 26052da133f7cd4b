import { visibleEntries } from '../entry-log.js'
import { applyListSwitches } from '../operations/list-switches.js'
import { type Call, conversationInPath } from '../operations/operation.js'
import type { SandboxState } from '../sandbox-state.js'
import { messageIdOf, toGuideMessage } from './guide-message.js'
import { listQuery, parseStrictly } from './requests.js'

/** As many come again when lists repeat themselves. */
const minRepeats = 3

/**
 * All messages, the oldest first. After an id: what stands behind it in the list at this moment, so
 * that a message that shows up late and before it is not told; and some of what was told already.
 */
export function list(call: Call): Response {
  const { sandbox, query } = call
  const { after } = parseStrictly(sandbox, listQuery, query)
  const conversation = conversationInPath(call)
  const { id } = conversation
  const entries = visibleEntries(conversation).filter((entry) => toGuideMessage(id, entry))
  const firstNewIndex = entries.findIndex((entry) => messageIdOf(entry) === after) + 1
  const selected = entries.slice(Math.max(0, firstNewIndex - repeatCount(sandbox)))
  return Response.json({
    messages: applyListSwitches(sandbox, selected).map((entry) => toGuideMessage(id, entry)),
  })
}

function repeatCount({ switches }: SandboxState): number {
  const { afterRepeats, listRepeatsEntries } = switches
  return listRepeatsEntries ? Math.max(afterRepeats, minRepeats) : afterRepeats
}
