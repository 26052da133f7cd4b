/** Hashes the content first sent under a message id. Pure. */
import { createHash } from 'node:crypto'
import type { OutgoingMessage } from '../salesforce/messaging.js'

/** Lists the fields of a message in one order, without any that may change between retries. */
function contentOf(message: OutgoingMessage): unknown[] {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return [message.text]
    case 'AttachmentMessage': {
      const { name, type, bytes } = message.file
      return [message.text, name, type, createHash('sha256').update(bytes).digest('base64url')]
    }
    case 'ChoiceResponseMessage':
      return [
        message.inReplyToMessageId,
        ...message.selections.map(({ itemId, title }) => [itemId, title]),
      ]
    case 'FormResponseMessage':
      return [
        message.inReplyToMessageId,
        ...message.values.map(({ inputId, value, type, label, title }) => [
          inputId,
          value,
          type,
          label,
          title,
        ]),
      ]
  }
}

/** Hashes the caller's content, before anything is filled in. */
export function contentHash(message: OutgoingMessage): string {
  const content = JSON.stringify([message.messageType, ...contentOf(message)])
  return createHash('sha256').update(content).digest('base64url')
}
