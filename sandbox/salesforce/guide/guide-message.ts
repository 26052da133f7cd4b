import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { ConversationEntry } from '../conversation.js'
import { toGuideContent } from './content.js'

/** Describes a message as the dialect lists it; the name of its content depends on its type. */
export type GuideMessage = {
  id: string
  conversationId: string
  messageType: string
  sender: { role: string; displayName: string }
  /** Is ISO 8601, on Salesforce's clock. */
  timestamp: string
  [content: string]: unknown
}

const roles = ['Agent', 'EndUser', 'Chatbot']

const payloadSchema = z.object({
  entryType: z.literal('Message'),
  abstractMessage: z.looseObject({ messageType: z.string() }),
})

/** Returns the id under which an entry is listed, which hides the entry's own id. */
export function messageIdOf({ identifier }: ConversationEntry): string {
  return `msg_${createHash('sha256').update(identifier).digest('hex').slice(0, 24)}`
}

/** Returns the time of the message (ISO 8601). */
export const timestampOf = ({ transcriptedTimestamp }: ConversationEntry) =>
  new Date(transcriptedTimestamp).toISOString()

/**
 * Converts an entry; returns null for an entry outside the dialect: routing, sessions,
 * participants, notes.
 */
export function toGuideMessage(
  conversationId: string,
  entry: ConversationEntry,
): GuideMessage | null {
  const { data: payload } = payloadSchema.safeParse(entry.entryPayload)
  const content = payload && toGuideContent(payload.abstractMessage)
  if (!content || !roles.includes(entry.sender.role)) return null
  return {
    ...content,
    id: messageIdOf(entry),
    conversationId,
    sender: { role: entry.sender.role, displayName: entry.senderDisplayName },
    timestamp: timestampOf(entry),
  }
}
