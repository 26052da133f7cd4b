/** Maps an outgoing message to the guide's `message` (`docs/guide-dialect.md`). Pure. */
import { GatewayError } from '../../problem.js'
import type { OutgoingFile, OutgoingMessage } from '../messaging.js'

/** Makes the error for an operation or a message that the guide does not have. */
export function unsupported(detail?: string): GatewayError {
  return new GatewayError('unsupported', { ...(detail && { detail }), effect: 'none' })
}

/**
 * Builds the guide's message.
 * @throws {GatewayError} unsupported for forms and for several selections
 */
export function toOutgoing(message: Exclude<OutgoingMessage, OutgoingFile>) {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return {
        messageType: 'StaticContentMessage',
        staticContent: { formatType: 'Text', text: message.text },
      }
    case 'ChoiceResponseMessage': {
      const [selection, ...others] = message.selections
      if (!selection || others.length > 0) throw unsupported('Select one item at a time.')
      // A title is part of the call: an item that nobody could name goes by its id.
      const { itemId, title = itemId } = selection
      return {
        messageType: 'QuickReplySelectionMessage',
        quickReplySelection: { itemId, title },
      }
    }
    case 'FormResponseMessage':
      throw unsupported('Forms cannot be answered here.')
  }
}
