/** An own message as it is shown until its echo comes. */
import type { Message } from './messages.js'
import type { ChatMessage } from './snapshot.js'
import type { Said } from './wire.js'

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** What is particular to a message. */
export type Content = DistributiveOmit<Message, 'id' | 'conversationId' | 'sender' | 'timestamp'>

/** How something that is said looks as a message. */
export function contentOf(said: Said): Content {
  if ('text' in said) {
    const { text } = said
    return {
      messageType: 'StaticContentMessage',
      text,
      staticContent: { formatType: 'Text', text },
    }
  }
  const given: { title?: unknown; value?: unknown }[] =
    'values' in said ? said.values : said.selections
  return { ...said, text: given.map(({ title, value }) => title ?? value).join(', ') }
}

/** This device's time, as messages tell it. */
export const now = () => new Date().toISOString()

/** A message of the visitor's that is not sent anywhere yet. */
export function localMessage(content: Content): ChatMessage {
  return {
    id: crypto.randomUUID(),
    conversationId: '',
    timestamp: now(),
    sender: { role: 'EndUser', displayName: null },
    ...content,
    delivery: 'sending',
  }
}
