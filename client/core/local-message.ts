/** Builds the visitor's messages as they are shown until a poll delivers them. */

import type { Answer } from './api-types.js'
import type { Message } from './messages.js'
import type { ChatMessage } from './snapshot.js'

type Each<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** Holds the members that are particular to a type of message. */
export type Content = Each<Message, 'id' | 'conversationId' | 'sender' | 'timestamp'>

/** Returns the content of a text message. */
export function textContent(text: string): Content {
  return { messageType: 'StaticContentMessage', text, staticContent: { formatType: 'Text', text } }
}

/** Returns the content of an answer to a choice or a form. Its text is made of the titles. */
export function answerContent(inReplyToMessageId: string, answer: Answer): Content {
  const answers: { title?: unknown; value?: unknown }[] =
    'values' in answer ? answer.values : answer.selections
  const text = answers.map(({ title, value }) => title ?? value).join(', ')
  const messageType = 'values' in answer ? 'FormResponseMessage' : 'ChoiceResponseMessage'
  return { messageType, inReplyToMessageId, ...answer, text } as Content
}

/** Holds the members that a message of the visitor has by its type. */
export type SentMembers = { staticContent?: object; values?: object; selections?: object }

/** Returns the body of `POST /api/send` for a message, without the conversation's id. */
export function sendBody(message: ChatMessage): object {
  const { id, text, staticContent, messageType, inReplyToMessageId, values, selections } =
    message as ChatMessage & SentMembers
  return staticContent ? { id, text } : { id, messageType, inReplyToMessageId, values, selections }
}

/** Returns a random UUID. It is no secret. Pages without TLS have no `crypto.randomUUID`. */
export function randomId(): string {
  try {
    return crypto.randomUUID()
  } catch {
    return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) =>
      (Number(digit) ^ ((Math.random() * 16) >> (Number(digit) / 4))).toString(16),
    )
  }
}

/** Returns this device's time after a delay, as messages have it: ISO 8601, UTC, milliseconds. */
export const timestampIn = (ms: number) => new Date(Date.now() + ms).toISOString()

/** Returns a message of the visitor that was not sent yet and has no conversation. */
export function localMessage(content: Content): ChatMessage {
  return {
    id: randomId(),
    conversationId: '',
    timestamp: timestampIn(0),
    sender: { role: 'EndUser', displayName: null },
    ...content,
    delivery: 'sending',
  }
}
