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

/** Returns the body of `POST /api/send` for a message, without the conversation's id. */
export function sendBody(message: ChatMessage): object {
  const { id, text, staticContent, messageType, inReplyToMessageId, values, selections } =
    message as ChatMessage & { staticContent?: object; values?: object; selections?: object }
  return staticContent ? { id, text } : { id, messageType, inReplyToMessageId, values, selections }
}

/** Returns this device's time in the format of messages: ISO 8601 in UTC with milliseconds. */
export const timestampNow = () => new Date().toISOString()

/** Returns a message of the visitor that was not sent yet and has no conversation. */
export function localMessage(content: Content): ChatMessage {
  return {
    id: crypto.randomUUID(),
    conversationId: '',
    timestamp: timestampNow(),
    sender: { role: 'EndUser', displayName: null },
    ...content,
    delivery: 'sending',
  }
}
