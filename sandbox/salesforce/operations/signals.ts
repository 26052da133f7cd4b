import * as z from 'zod'
import {
  authorised,
  conversationIdSchema,
  type Operation,
  openConversation,
  read,
  uuidSchema,
} from './operation.js'

const typingRequest = z.object({
  entryType: z.enum(['TypingStartedIndicator', 'TypingStoppedIndicator']),
  id: uuidSchema('id'),
})

const acknowledgeRequest = z.object({
  acks: z
    .array(
      z.object({
        id: uuidSchema('id'),
        entryType: z.enum(['Delivery', 'Read']),
        conversationEntryId: z.uuid(),
      }),
    )
    .min(1),
})

/** Typing and receipts: heard, not listed (`enhanced-chat-api.md` §2.12, §2.13). */
export const signalOperations: Operation[] = [
  {
    operationId: 'addTypingIndicator',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/entry',
    act: signal(typingRequest),
  },
  {
    operationId: 'acknowledgeEntries',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/acknowledge-entries',
    act: signal(acknowledgeRequest),
  },
]

function signal(schema: z.ZodType): Operation['act'] {
  return authorised((call, caller) => {
    read(conversationIdSchema, call.params.conversationId)
    read(schema, call.body)
    openConversation(call, caller)
    return Response.json({})
  })
}
