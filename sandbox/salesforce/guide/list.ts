import { visibleEntries } from '../ledger.js'
import { disturb } from '../operations/disturbance.js'
import { type Call, namedConversation } from '../operations/operation.js'
import type { World } from '../world.js'
import { messageIdOf, presented } from './present.js'
import { listQuery, readStrictly } from './requests.js'

/** As many come again when lists repeat themselves. */
const repeatsAtLeast = 3

/**
 * All messages, the oldest first. After an id: what stands behind it in the list at this moment, so
 * that a message that shows up late and before it is not told; and some of what was told already.
 */
export function list(call: Call): Response {
  const { world, query } = call
  const { after } = readStrictly(world, listQuery, query)
  const conversation = namedConversation(call)
  const { id } = conversation
  const entries = visibleEntries(conversation).filter((entry) => presented(id, entry))
  const told = entries.findIndex((entry) => messageIdOf(entry) === after) + 1
  const asked = entries.slice(Math.max(0, told - repeats(world)))
  return Response.json({ messages: disturb(world, asked).map((entry) => presented(id, entry)) })
}

function repeats({ switches }: World): number {
  const { afterRepeats, listRepeatsEntries } = switches
  return listRepeatsEntries ? Math.max(afterRepeats, repeatsAtLeast) : afterRepeats
}
