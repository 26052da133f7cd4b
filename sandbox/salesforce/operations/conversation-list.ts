import * as z from 'zod'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { type Call, parseRequest } from './operation.js'
import { pageLimit, windowFilter, windowSchema } from './window.js'

const listQuery = windowSchema.extend({
  inclClosedConvs: z.enum(['true', 'false']).default('false'),
  conversationId: conversationIdSchema.optional(),
})

/** Oldest first, and only the caller's own (§2.7). */
export function listConversations({ sandbox, query }: Call, caller: Caller): Response {
  const { inclClosedConvs, conversationId, ...rest } = parseRequest(listQuery, query)
  const isInWindow = windowFilter(sandbox, rest)
  const found = [...sandbox.conversations.values()]
    .filter(({ visitor }) => visitor.participant.subject === caller.subject)
    .filter(({ id }) => conversationId === undefined || id === conversationId)
    .filter(({ startTimestamp }) => isInWindow(startTimestamp))
    .filter(({ endTimestamp }) => inclClosedConvs === 'true' || endTimestamp === 0)
    .sort((a, b) => a.startTimestamp - b.startTimestamp)
    .slice(0, pageLimit(sandbox, rest))
  const open = found.filter(({ endTimestamp }) => endTimestamp === 0)
  return Response.json({
    openConversationsFound: open.length,
    closedConversationsFound: found.length - open.length,
    conversations: found.map(({ id, startTimestamp, endTimestamp }) => ({
      conversationId: id,
      startTimestamp,
      endTimestamp,
    })),
  })
}
