import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { visibleEntries } from '../entry-log.js'
import { checkRateLimit } from '../rate-limit.js'
import type { SandboxState } from '../sandbox-state.js'
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

/** Lists the operations on entries (`enhanced-chat-api.md` §2.9, §3.7). */
export const entryOperations: Operation[] = [
  {
    operationId: 'listConversationEntries',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}/entries',
    handler: authorised(list),
  },
]

/** Lists the newest entries first, or the oldest on request. */
function list(call: Call, caller: Caller): Response {
  const { sandbox } = call
  parseRequest(conversationIdSchema, call.params.conversationId)
  const { direction, entryTypeFilter, ...window } = parseRequest(entriesQuery, call.query)
  const limit = pageLimit(window)
  const isInWindow = windowFilter(sandbox, window)
  const conversation = callersConversation(call, caller)
  limitLists(sandbox, conversation)
  const found = visibleEntries(conversation)
    .filter(({ transcriptedTimestamp }) => isInWindow(transcriptedTimestamp))
    .filter(({ entryType }) => !entryTypeFilter || entryTypeFilter.includes(entryType))
  const ordered = direction === 'FromStart' ? found : found.reverse()
  return Response.json({ conversationEntries: applyListSwitches(sandbox, ordered).slice(0, limit) })
}

/**
 * Counts a list of a conversation; a refused one is not counted (inferred).
 * @throws {HttpError} 429
 */
function limitLists(sandbox: SandboxState, { id }: Conversation): void {
  const allowance = sandbox.switches.limits.listsPerMinute
  checkRateLimit(sandbox, { key: `lists ${id}`, allowance, windowMs: 60_000 })
}
