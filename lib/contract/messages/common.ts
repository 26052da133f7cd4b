/**
 * Defines the members that every message has, and the parts that several share (contract,
 * "Messages").
 */
import * as z from 'zod'
import { timestamp, uuid } from '../common.js'

export const role = z.enum(['EndUser', 'Chatbot', 'Agent', 'Supervisor', 'System'])
export type Role = z.infer<typeof role>

/** Names who ended a session or a conversation: information, on which nothing depends. */
export const endedBy = z.enum(['EndUser', 'Agent', 'System'])
export type EndedBy = z.infer<typeof endedBy>

export const common = {
  id: z.string(),
  conversationId: uuid,
  sender: z.strictObject({ role, displayName: z.string().nullable() }),
  timestamp,
  text: z
    .string()
    .describe('Always there, so that a client that does not know the type can show something.'),
  inReplyToMessageId: z.string().optional(),
  /** Holds the reason of a message that Salesforce sent by itself (`enhanced-chat-api.md §3.4`). */
  reason: z.enum(['AutomatedResponse', 'Consent']).optional(),
}

/** Describes a link of one of the four schemes that leave the gateway. */
export const link = z.string().regex(/^(https?:\/\/|mailto:|tel:)/, 'must be a link')

/** Holds something to choose; its `itemId` goes into the answer as it is. */
export const option = { itemId: z.string(), title: z.string() }
