import * as z from 'zod'
import type { VisitorSignal } from '../ledger.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema, uuidSchema } from '../uuid.js'
import { authorised, type Call, type Operation, openConversation, read } from './operation.js'

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

/** Typing and receipts of the visitor: noted, not listed (`enhanced-chat-api.md` §2.12, §2.13). */
export const signalOperations: Operation[] = [
  {
    operationId: 'addTypingIndicator',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/entry',
    act: authorised((call, caller) => note(call, caller, [read(typingRequest, call.body)])),
  },
  {
    operationId: 'acknowledgeEntries',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/acknowledge-entries',
    act: authorised((call, caller) => note(call, caller, read(acknowledgeRequest, call.body).acks)),
  },
]

function note(call: Call, caller: Caller, signals: Omit<VisitorSignal, 'at'>[]): Response {
  read(conversationIdSchema, call.params.conversationId)
  const conversation = openConversation(call, caller)
  const at = Date.now()
  conversation.visitorSignals.push(...signals.map((signal) => ({ at, ...signal })))
  return Response.json({})
}
