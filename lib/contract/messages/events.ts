/** Defines messages about events, and messages of unknown types (contract, "Messages"). */
import * as z from 'zod'
import { common, endedBy, role } from './common.js'

export const participantChanged = z.strictObject({
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

export const routingResult = z.strictObject({
  ...common,
  messageType: z.literal('RoutingResult'),
  routing: z.strictObject({
    type: z.string(),
    failure: z.string().nullable(),
    estimatedWaitSeconds: z.number().optional(),
  }),
})

export const sessionStatusChanged = z.strictObject({
  ...common,
  messageType: z.literal('SessionStatusChanged'),
  session: z.strictObject({
    status: z.string(),
    previous: z.string().optional(),
    endedBy: endedBy.optional(),
  }),
})

/** Describes a message whose type or format is unknown; clients show its `text`. */
export const unknownMessage = z.strictObject({
  ...common,
  messageType: z.literal('UnknownMessage'),
  original: z.strictObject({
    entryType: z.string(),
    messageType: z.string().optional(),
    formatType: z.string().optional(),
  }),
})
