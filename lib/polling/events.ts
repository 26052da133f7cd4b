/**
 * Describes the events of Salesforce's event stream as a waiting poll understands them.
 * lib/salesforce/ produces them; lib/polling/ and lib/conversations/ consume them.
 */
import type { Role } from '../contract/messages.js'

/** Describes one piece of the text that a bot is writing. */
export type StreamedToken = {
  kind: 'token'
  /** Holds the id under which the finished message is listed. */
  messageId: string
  /** Names the bot's turn; null when Salesforce does not. */
  turnId: string | null
  batchNumber: number
  /** Tells the place of the token in its message. */
  sequenceNumber: number
  /** Is empty for a token without text, which only holds its place. */
  text: string
}

/** Tells that a participant other than the visitor began or ceased to type; `subject` tells participants apart. */
export type TypingEvent = {
  kind: 'typing'
  isTyping: boolean
  subject: string
  role: Role
  displayName: string | null
}

/**
 * Describes one event of one conversation. `listChanged`: the list of entries may hold something
 * new. The other kinds tell what no list holds, and may be lost, doubled or out of order.
 */
export type ConversationEvent =
  | { kind: 'listChanged' }
  | TypingEvent
  | { kind: 'progress'; text: string | null }
  | { kind: 'queuePosition'; position: number | null }
  | StreamedToken
  /** The text streamed for this message so far does not count. */
  | { kind: 'tokensInvalid'; messageId: string }
