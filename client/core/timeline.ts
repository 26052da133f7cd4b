/** Orders the list of messages. Pure. */
import type { Message } from './messages.js'
import type { ChatMessage, Delivery } from './snapshot.js'

/** Lists the states in which a message is sorted by its time. */
const sortedByTime: readonly Delivery[] = ['sent', 'delivered']

/**
 * Returns the key that a message is sorted by: its timestamp, or a key behind all timestamps as
 * long as Salesforce has not given it one.
 */
const sortKey = ({ delivery, timestamp }: ChatMessage) =>
  sortedByTime.includes(delivery) ? timestamp : '~'

/** Sorts messages by time. Those that are not sent are last, in the order of writing. */
export function ordered(messages: Iterable<ChatMessage>): ChatMessage[] {
  return [...messages].sort((one, other) => {
    const [first, second] = [sortKey(one), sortKey(other)]
    return +(first > second) - +(first < second)
  })
}

/** Lists the types of messages that no participant wrote. */
const eventTypes: readonly Message['messageType'][] = [
  'ParticipantChanged',
  'SessionStatusChanged',
  'RoutingResult',
]

/** Tells whether others wrote a message: only then it can be read or unread. */
export function isFromOthers({ sender, messageType }: Message): boolean {
  return sender.role !== 'EndUser' && !eventTypes.includes(messageType)
}
