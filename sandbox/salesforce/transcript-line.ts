import * as z from 'zod'
import type { ConversationEntry } from './conversation.js'
import { plainText } from './plain-text.js'

const messageSchema = z.object({ abstractMessage: z.looseObject({ messageType: z.string() }) })

/** An entry as one line of a transcript, such as `2026-11-24 12:00:01 Dana: Hello`. */
export function transcriptLine(entry: ConversationEntry): string {
  const time = new Date(entry.transcriptedTimestamp).toISOString().slice(0, 19).replace('T', ' ')
  return `${time} ${entry.senderDisplayName}: ${contentOf(entry)}`
}

function contentOf({ entryType, entryPayload }: ConversationEntry): string {
  const message = messageSchema.safeParse(entryPayload).data?.abstractMessage
  if (!message) return `(${entryType})`
  return plainText(message) ?? `(${message.messageType})`
}
