import type { ChatMessage } from '../../core/index.js'

/** Returns the title of a message that is more than its text. */
function titleOf(message: ChatMessage): string | undefined {
  switch (message.messageType) {
    case 'QuickReplyMessage':
      return message.quickReplies.text
    case 'ListPickerMessage':
      return message.listPicker.title
    case 'CarouselMessage':
      return message.carousel.title || message.carousel.cards.map(({ title }) => title).join(', ')
    case 'TimePickerMessage':
      return message.timePicker.title
    case 'FormMessage':
      return message.form.title
    case 'RichLinkMessage':
      return message.richLink.title
    default:
      return undefined
  }
}

/**
 * Returns the announcement of a new message. Its choices, times and inputs are found in the list.
 */
export const spokenOf = (message: ChatMessage): string => titleOf(message) || message.text
