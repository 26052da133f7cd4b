/** The list of messages: each once, in the order it was said. Pure. */
import type { Message } from './messages.js'
import type { ChatMessage } from './snapshot.js'

/** Salesforce has given it a place. */
const isPlaced = ({ delivery }: ChatMessage) => /sent|delivered/.test(delivery)

/** By time; own ones that have no place yet come last, as they were written. */
export function ordered(messages: Iterable<ChatMessage>): ChatMessage[] {
  return [...messages].sort((one, other) => {
    const [first, second] = [isPlaced(one), isPlaced(other)]
    if (!first || !second) return +second - +first
    return +(one.timestamp > other.timestamp) - +(one.timestamp < other.timestamp)
  })
}

const events = /ParticipantChanged|RoutingResult|SessionStatusChanged/

/** What somebody else said, that is: what can be read and unread. */
export function isFromOthers({ sender, messageType }: Message): boolean {
  return sender.role !== 'EndUser' && !events.test(messageType)
}
