/** An own message as it is shown until its echo comes. */

import type { Answer } from './api-types.js'
import type { Message } from './messages.js'
import type { ChatMessage } from './snapshot.js'

type Each<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** The members that are particular to a type of message. */
export type Content = Each<Message, 'id' | 'conversationId' | 'sender' | 'timestamp'>

/** A text, as a message. */
export function textContent(text: string): Content {
  return { messageType: 'StaticContentMessage', text, staticContent: { formatType: 'Text', text } }
}

/** An answer to a choice or a form, as a message; its text is made of the titles. */
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

/** This device's time, as messages tell it. */
export const timestampNow = () => new Date().toISOString()

/** A message of the visitor's that is not sent anywhere yet. */
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
