import * as z from 'zod'
import type { VisitorSignal } from '../conversation.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema, opaqueIdSchema, uuidSchema } from '../uuid.js'
import {
  authorised,
  type Call,
  callersOpenConversation,
  type Operation,
  parseRequest,
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
        conversationEntryId: opaqueIdSchema,
      }),
    )
    .min(1),
})

/**
 * Records the visitor's typing and receipts, which no list shows (`enhanced-chat-api.md` §2.12,
 * §2.13).
 */
export const signalOperations: Operation[] = [
  {
    operationId: 'addTypingIndicator',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/entry',
    handler: authorised((call, caller) =>
      note(call, caller, [parseRequest(typingRequest, call.body)]),
    ),
  },
  {
    operationId: 'acknowledgeEntries',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/acknowledge-entries',
    handler: authorised((call, caller) =>
      note(call, caller, parseRequest(acknowledgeRequest, call.body).acks),
    ),
  },
]

function note(call: Call, caller: Caller, signals: Omit<VisitorSignal, 'at'>[]): Response {
  parseRequest(conversationIdSchema, call.params.conversationId)
  const conversation = callersOpenConversation(call, caller)
  const at = Date.now()
  conversation.visitorSignals.push(...signals.map((signal) => ({ at, ...signal })))
  return Response.json({})
}
