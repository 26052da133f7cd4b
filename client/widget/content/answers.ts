import type { ChatMessage } from '../../index.js'

/** The visitor's answer to each message, by its id; a form that was not accepted has none. */
export function answersIn(messages: readonly ChatMessage[]): ReadonlyMap<string, ChatMessage> {
  const refused = messages.flatMap((message) =>
    message.messageType === 'FormResponseMessage' && message.result?.ok === false
      ? [message.inReplyToMessageId]
      : [],
  )
  const answers = messages.flatMap((message): [string, ChatMessage][] => {
    const { inReplyToMessageId, messageType } = message
    const isAnswer =
      messageType === 'ChoiceResponseMessage' ||
      (messageType === 'FormResponseMessage' && message.values !== undefined)
    if (!isAnswer || !inReplyToMessageId || refused.includes(message.id)) return []
    return [[inReplyToMessageId, message]]
  })
  return new Map(answers)
}
