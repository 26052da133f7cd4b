import * as z from 'zod'
import type { ConversationEntry } from './ledger.js'

const messageSchema = z.object({
  abstractMessage: z.object({
    messageType: z.string(),
    staticContent: z.object({ text: z.string().nullish() }).optional(),
    choices: z.object({ text: z.string().nullish(), title: z.string().nullish() }).optional(),
    form: z.object({ formTitle: z.object({ title: z.string() }).nullish() }).optional(),
  }),
})

/** An entry as one line of a transcript, such as `2026-11-24 12:00:01 Dana: Hello`. */
export function transcriptLine(entry: ConversationEntry): string {
  const time = new Date(entry.transcriptedTimestamp).toISOString().slice(0, 19).replace('T', ' ')
  return `${time} ${entry.senderDisplayName}: ${contentOf(entry)}`
}

function contentOf({ entryType, entryPayload }: ConversationEntry): string {
  const message = messageSchema.safeParse(entryPayload).data?.abstractMessage
  if (!message) return `(${entryType})`
  const { staticContent, choices, form, messageType } = message
  const words = staticContent?.text ?? choices?.text ?? choices?.title ?? form?.formTitle?.title
  return words ?? `(${messageType})`
}
