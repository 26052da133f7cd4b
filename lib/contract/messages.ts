/** What a poll delivers: the guide's shapes, completed where the guide is silent (contract, "Messages"). */
import * as z from 'zod'
import { timestamp, uuid } from './common.js'

export const role = z.enum(['EndUser', 'Chatbot', 'Agent', 'Supervisor', 'System'])
export type Role = z.infer<typeof role>

const common = {
  id: z.string(),
  conversationId: uuid,
  sender: z.strictObject({ role, displayName: z.string().nullable() }),
  timestamp,
  /** Always there, so that a client that knows no type can show something. */
  text: z.string(),
  inReplyToMessageId: z.string().optional(),
}

const staticContentMessage = z.strictObject({
  ...common,
  messageType: z.literal('StaticContentMessage'),
  staticContent: z.strictObject({ formatType: z.literal('Text'), text: z.string() }),
})

const participantChanged = z.strictObject({
  ...common,
  messageType: z.literal('ParticipantChanged'),
  participants: z.array(
    z.strictObject({
      operation: z.enum(['add', 'remove', 'update']),
      role,
      displayName: z.string().nullable(),
    }),
  ),
})

const routingResult = z.strictObject({
  ...common,
  messageType: z.literal('RoutingResult'),
  routing: z.strictObject({
    type: z.string(),
    failure: z.string().nullable(),
    estimatedWaitSeconds: z.number().optional(),
  }),
})

const sessionStatusChanged = z.strictObject({
  ...common,
  messageType: z.literal('SessionStatusChanged'),
  session: z.strictObject({
    status: z.string(),
    previous: z.string().optional(),
    endedBy: role.optional(),
  }),
})

const unknownMessage = z.strictObject({
  ...common,
  messageType: z.literal('UnknownMessage'),
  original: z.strictObject({
    entryType: z.string(),
    messageType: z.string().optional(),
    formatType: z.string().optional(),
  }),
})

export const message = z.discriminatedUnion('messageType', [
  staticContentMessage,
  participantChanged,
  routingResult,
  sessionStatusChanged,
  unknownMessage,
])
export type Message = z.infer<typeof message>
