import * as z from 'zod'
import { visibleEntries } from '../ledger.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { disturb } from './disturbance.js'
import { authorised, type Call, type Operation, ownConversation, read } from './operation.js'
import { limitOf, windowOf, windowSchema } from './window.js'

const entriesQuery = windowSchema.extend({
  direction: z.enum(['FromEnd', 'FromStart']).default('FromEnd'),
  entryTypeFilter: z
    .string()
    .transform((types) => types.split(','))
    .optional(),
})

/** What has been said and done (`enhanced-chat-api.md` §2.9, §3.7). */
export const entryOperations: Operation[] = [
  {
    operationId: 'listConversationEntries',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/entries',
    act: authorised(list),
  },
]

/** The newest first, unless asked from the start. */
function list(call: Call, caller: Caller): Response {
  const { world } = call
  read(conversationIdSchema, call.params.conversationId)
  const { direction, entryTypeFilter, ...window } = read(entriesQuery, call.query)
  const limit = limitOf(world, window)
  const isInWindow = windowOf(world, window)
  const found = visibleEntries(ownConversation(call, caller))
    .filter(({ transcriptedTimestamp }) => isInWindow(transcriptedTimestamp))
    .filter(({ entryType }) => !entryTypeFilter || entryTypeFilter.includes(entryType))
  const ordered = direction === 'FromStart' ? found : found.reverse()
  return Response.json({ conversationEntries: disturb(world, ordered).slice(0, limit) })
}
