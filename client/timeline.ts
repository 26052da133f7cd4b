/** The list of messages: each once, in the order it was said. Pure. */
import type { Message } from './messages.js'
import type { ChatMessage, Snapshot } from './snapshot.js'

type List = readonly ChatMessage[]

/** Salesforce has given it a place. */
export const isPlaced = ({ delivery }: ChatMessage) =>
  delivery === 'sent' || delivery === 'delivered'

function byPlace(one: ChatMessage, other: ChatMessage): number {
  if (!isPlaced(one) || !isPlaced(other)) return Number(isPlaced(other)) - Number(isPlaced(one))
  return Number(one.timestamp > other.timestamp) - Number(one.timestamp < other.timestamp)
}

/** Own ones that are not placed come last, as they were written. */
export function ordered(messages: List): ChatMessage[] {
  return [...messages].sort(byPlace)
}

/** A list with what was read: an echo takes the place of its own message; what is known stays the same object. */
export function merged(known: List, read: readonly Message[]): List {
  const byId = new Map(known.map((message) => [message.id, message]))
  const fresh = read.filter(({ id }) => byId.get(id)?.delivery !== 'delivered')
  if (fresh.length === 0) return known
  for (const message of fresh) byId.set(message.id, { ...message, delivery: 'delivered' })
  return ordered([...byId.values()])
}

/** A list with an older page: of one millisecond, the older page's messages come first. */
export function prepended(known: List, older: readonly Message[]): List {
  const ids = new Set(known.map(({ id }) => id))
  const fresh = older.filter(({ id }) => !ids.has(id))
  return ordered([...merged([], fresh), ...known])
}

/** Whether nothing can be missing between a list and a page of the newest. */
export function touches(known: List, [oldest]: readonly Message[]): boolean {
  return !oldest || known.some(({ id, delivery }) => id === oldest.id && delivery === 'delivered')
}

const events = ['ParticipantChanged', 'RoutingResult', 'SessionStatusChanged']

/** What somebody else said, that is: what can be read and unread. */
export function isFromOthers({ sender, messageType }: Message): boolean {
  return sender.role !== 'EndUser' && !events.includes(messageType)
}

/** Messages of others after the one that was read last. */
export function unreadIn({ messages, readUpTo }: Snapshot): List {
  return messages.filter((message) => isFromOthers(message) && message.timestamp > readUpTo)
}
