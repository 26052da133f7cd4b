import * as z from 'zod'
import { plainText } from '../plain-text.js'
import { listPicker, replies, selection } from './choices.js'
import { attachments, richLink } from './static-content.js'

/** The type of a message and what it holds, in the words of the dialect. */
export type GuideContent = { messageType: string; [content: string]: unknown }

const shapes = z.union([replies, listPicker, richLink, attachments, selection])

/** All types of Enhanced Chat; the guide has the first in common with it. */
const enhancedTypes = [
  'StaticContentMessage',
  'ChoicesMessage',
  'ChoicesResponseMessage',
  'FormMessage',
  'FormResponseMessage',
]

/**
 * A message of Enhanced Chat in the guide's words: in its own shape, or else as plain text; null when
 * it says nothing. A message of any other type (injected) is passed on as it is.
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
