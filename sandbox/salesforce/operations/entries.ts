import * as z from 'zod'
import { visibleEntries } from '../entry-log.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { applyListSwitches } from './list-switches.js'
import {
  authorised,
  type Call,
  callersConversation,
  type Operation,
  parseRequest,
} from './operation.js'
import { pageLimit, windowFilter, windowSchema } from './window.js'

const entriesQuery = windowSchema.extend({
  direction: z.enum(['FromEnd', 'FromStart']).default('FromEnd'),
  entryTypeFilter: z
    .string()
    .transform((types) => types.split(','))
    .optional(),
})

/** Operations that list entries (`enhanced-chat-api.md` §2.9, §3.7). */
export const entryOperations: Operation[] = [
  {
    operationId: 'listConversationEntries',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/entries',
    handler: authorised(list),
  },
]

/** The newest first, unless asked from the start. */
function list(call: Call, caller: Caller): Response {
  const { sandbox } = call
  parseRequest(conversationIdSchema, call.params.conversationId)
  const { direction, entryTypeFilter, ...window } = parseRequest(entriesQuery, call.query)
  const limit = pageLimit(sandbox, window)
  const isInWindow = windowFilter(sandbox, window)
  const found = visibleEntries(callersConversation(call, caller))
    .filter(({ transcriptedTimestamp }) => isInWindow(transcriptedTimestamp))
    .filter(({ entryType }) => !entryTypeFilter || entryTypeFilter.includes(entryType))
  const ordered = direction === 'FromStart' ? found : found.reverse()
  return Response.json({ conversationEntries: applyListSwitches(sandbox, ordered).slice(0, limit) })
}
