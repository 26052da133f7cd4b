import type { ChatMessage } from '../../index.js'
import type { Texts } from '../texts/index.js'

/**
 * The line of an entry that nobody said, such as "Dana joined the chat". Empty when there is nothing to
 * tell, undefined when the entry is a message.
 */
export function noticeOf(message: ChatMessage, _texts: Texts): string | undefined {
  return message.sender.role === 'System' ? message.text : undefined
}
