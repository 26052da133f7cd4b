import type { ChatMessage } from '../../core/index.js'

/** What is asked or shown by a message that is more than its words. */
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

/** What is heard of a message when it comes; its choices, times and inputs are found in the list. */
export const spokenOf = (message: ChatMessage): string => titleOf(message) || message.text
