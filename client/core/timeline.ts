/** The list of messages: each once, in the order it was said. Pure. */
import type { Message } from './messages.js'
import type { ChatMessage } from './snapshot.js'

/**
 * Sorts a message by its timestamp, and behind all others as long as Salesforce has not given it
 * one.
 */
const sortKey = ({ delivery, timestamp }: ChatMessage) =>
  /sent|delivered/.test(delivery) ? timestamp : '~'

/** By time; own ones that have no place yet come last, as they were written. */
export function ordered(messages: Iterable<ChatMessage>): ChatMessage[] {
  return [...messages].sort((one, other) => {
    const [first, second] = [sortKey(one), sortKey(other)]
    return +(first > second) - +(first < second)
  })
}

/** `ParticipantChanged`, `SessionStatusChanged`, `RoutingResult`. */
const eventTypes = /Changed|Routing/

/** Tells messages that can be read or unread: what others wrote. */
export function isFromOthers({ sender, messageType }: Message): boolean {
  return sender.role !== 'EndUser' && !eventTypes.test(messageType)
}
