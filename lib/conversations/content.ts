/** What a message id stands for: the content first sent under it. Pure. */
import { createHash } from 'node:crypto'
import type { Saying } from '../salesforce/messaging.js'

/** Type and own fields in one order, nothing that may change between retries. */
function contentOf(saying: Saying): unknown[] {
  switch (saying.messageType) {
    case 'StaticContentMessage':
      return [saying.text]
    case 'AttachmentMessage': {
      const { name, type, bytes } = saying.file
      return [saying.text, name, type, createHash('sha256').update(bytes).digest('base64url')]
    }
    case 'ChoiceResponseMessage':
      return [
        saying.inReplyToMessageId,
        ...saying.selections.map(({ itemId, title }) => [itemId, title]),
      ]
    case 'FormResponseMessage':
      return [
        saying.inReplyToMessageId,
        ...saying.values.map(({ inputId, value, type, label, title }) => [
          inputId,
          value,
          type,
          label,
          title,
        ]),
      ]
  }
}

/** A hash of what the caller said, before anything is filled in. */
export function hashOf(saying: Saying): string {
  const content = JSON.stringify([saying.messageType, ...contentOf(saying)])
  return createHash('sha256').update(content).digest('base64url')
}
