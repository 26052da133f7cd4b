/**
 * Defines the parts of the guide's responses that the gateway reads (`docs/guide-dialect.md`), and
 * ignores the rest.
 */
import * as z from 'zod'
import { maybe, maybeText, opaqueId, readableItems } from '../lenient.js'

export const loginResponse = z.object({ access_token: z.string().min(1) })

export const authorizationResponse = z.object({
  accessToken: z.string().min(1),
  context: z.object({ url: z.string(), esDeveloperName: z.string() }),
  /** Holds seconds. */
  expiresIn: z.number().min(1).max(31_536_000),
})

export const createConversationResponse = z.object({ conversationId: opaqueId })

/** Reads ISO 8601, or epoch milliseconds, as a moment that can be written. */
const moment = z
  .union([z.string().transform((text) => Date.parse(text)), z.number()])
  .pipe(z.int().min(0).max(8_640_000_000_000_000))

export const sendResponse = z.object({ id: maybe(opaqueId), timestamp: maybe(moment) })

export const messagesResponse = z.object({ messages: z.array(z.unknown()) })

export const listedMessage = z.object({
  id: opaqueId,
  messageType: z.string(),
  timestamp: moment,
  sender: maybe(z.object({ role: maybeText, displayName: maybeText })),
})
export type ListedMessage = z.infer<typeof listedMessage>

const option = z.object({
  itemId: opaqueId,
  title: z.string(),
  subTitle: maybeText,
  imageUrl: maybeText,
})

export const text = z.object({ staticContent: z.object({ text: z.string() }) })

export const replies = z.object({
  quickReplies: z.object({ text: maybeText, replies: readableItems(option) }),
})

export const list = z.object({
  listPicker: z.object({ title: maybeText, text: maybeText, options: readableItems(option) }),
})

export const link = z.object({
  richLink: z.object({
    title: maybeText,
    url: z.string(),
    imageUrl: maybeText,
    description: maybeText,
  }),
})

const file = z.object({ id: maybe(opaqueId), name: maybeText, mimeType: maybeText, url: maybeText })

export const files = z.object({ attachments: readableItems(file) })

export const selection = z.object({
  quickReplySelection: z.object({ itemId: opaqueId, title: maybeText }),
})
