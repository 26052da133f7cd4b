/** Orders the list of messages. Pure. */
import type { Message } from './messages.js'
import type { ChatMessage, Delivery } from './snapshot.js'

/** States of a message that has its place in the list. */
const placed: readonly Delivery[] = ['sent', 'delivered']

/**
 * Sorts a message by its timestamp, and behind all others as long as Salesforce has not given it
 * one.
 */
const sortKey = ({ delivery, timestamp }: ChatMessage) =>
  placed.includes(delivery) ? timestamp : '~'

/** Orders messages by time; the visitor's own without a place come last, in the order of writing. */
export function ordered(messages: Iterable<ChatMessage>): ChatMessage[] {
  return [...messages].sort((one, other) => {
    const [first, second] = [sortKey(one), sortKey(other)]
    return +(first > second) - +(first < second)
  })
}

/** Types of messages that nobody wrote. */
const eventTypes: readonly Message['messageType'][] = [
  'ParticipantChanged',
  'SessionStatusChanged',
  'RoutingResult',
]

/** Tells messages that can be read or unread: what others wrote. */
export function isFromOthers({ sender, messageType }: Message): boolean {
  return sender.role !== 'EndUser' && !eventTypes.includes(messageType)
}
