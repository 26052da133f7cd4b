import * as z from 'zod'
import { plainText } from '../plain-text.js'
import { listPicker, replies, selection } from './choices.js'

/** Holds the type of a message and its content, as the guide names them. */
export type GuideContent = { messageType: string; [content: string]: unknown }

const attachment = z.object({
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  url: z.string(),
})

/** Converts a link with a title, and with a picture if it has one. */
const richLink = z
  .object({
    staticContent: z.object({
      formatType: z.literal('RichLink'),
      linkItem: z.object({ titleItem: z.object({ title: z.string() }), url: z.string() }),
      image: z.object({ assetUrl: z.string() }).nullish(),
    }),
  })
  .transform(({ staticContent: { linkItem, image } }) => ({
    messageType: 'RichLinkMessage',
    richLink: {
      title: linkItem.titleItem.title,
      url: linkItem.url,
      ...(image && { imageUrl: image.assetUrl }),
    },
  }))

/** Converts files; the guide has no place for the text beside them. */
const attachments = z
  .object({
    staticContent: z.object({
      formatType: z.enum(['Attachments', 'ExternalAttachments']),
      attachments: z.array(attachment),
    }),
  })
  .transform(({ staticContent: { attachments } }) => ({
    messageType: 'AttachmentMessage',
    attachments,
  }))

const shapes = z.union([replies, listPicker, richLink, attachments, selection])

/** Lists all message types of Enhanced Chat; the guide shares the first. */
const enhancedTypes = [
  'StaticContentMessage',
  'ChoicesMessage',
  'ChoicesResponseMessage',
  'FormMessage',
  'FormResponseMessage',
]

/**
 * Converts a message of Enhanced Chat to the guide's format: to its shape there, or else to plain
 * text; null when it has no text. A message of any other type (injected) stays as it is.
 */
export function toGuideContent(message: GuideContent): GuideContent | null {
  if (!enhancedTypes.includes(message.messageType)) return withoutReferences(message)
  const { data } = shapes.safeParse(message)
  return data ?? textOf(plainText(message))
}

function textOf(text: string | null): GuideContent | null {
  if (text === null) return null
  return { messageType: 'StaticContentMessage', staticContent: { formatType: 'Text', text } }
}

/** Removes the members that every message of Enhanced Chat carries, and none of the guide's. */
function withoutReferences({
  inReplyToMessageId,
  references,
  ...content
}: GuideContent): GuideContent {
  return content
}
