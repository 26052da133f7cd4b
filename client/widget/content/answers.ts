import type { Chat, ChatMessage, FormResponseMessage } from '../../core/index.js'

type FormResponse = ChatMessage & FormResponseMessage

function isAnswer(message: ChatMessage): boolean {
  const { messageType } = message
  if (messageType === 'ChoiceResponseMessage') return true
  return messageType === 'FormResponseMessage' && message.values !== undefined
}

function isRefusal(message: ChatMessage): message is FormResponse {
  return message.messageType === 'FormResponseMessage' && message.result?.ok === false
}

/**
 * Returns the visitor's answer to each message, by the message's id, except to a form that was not
 * accepted.
 */
export function answersIn(messages: readonly ChatMessage[]): ReadonlyMap<string, ChatMessage> {
  const answers = new Map<string, ChatMessage>()
  const refused = new Set(
    messages.filter(isRefusal).map(({ inReplyToMessageId }) => inReplyToMessageId),
  )
  for (const message of messages) {
    const { id, inReplyToMessageId: answered } = message
    if (answered && isRefusal(message)) answers.delete(answered)
    else if (answered && isAnswer(message) && !refused.has(id)) answers.set(answered, message)
  }
  return answers
}

/** An answer to a form that was refused, and why. */
export type Refusal = { values: NonNullable<FormResponse['values']>; errors: string[] }

/** Returns the last refusal of a form. A refusal names the answer, or the form itself. */
export function refusalIn(messages: readonly ChatMessage[], formId: string): Refusal | undefined {
  const given = messages.filter(
    (message): message is FormResponse =>
      message.inReplyToMessageId === formId && message.messageType === 'FormResponseMessage',
  )
  const ids = [formId, ...given.map(({ id }) => id)]
  const refusal = messages.findLast(
    (message) => isRefusal(message) && ids.includes(message.inReplyToMessageId ?? ''),
  )
  if (!refusal || !isRefusal(refusal)) return undefined
  const isMeant = ({ id, values }: FormResponse) =>
    values !== undefined && [formId, id].includes(refusal.inReplyToMessageId ?? '')
  return {
    values: given.findLast(isMeant)?.values ?? [],
    errors: refusal.result?.errors ?? [],
  }
}

/**
 * Tells whether a message is answered by now: two clicks may come before the first one's effect is
 * drawn.
 */
export function isAnswered({ getSnapshot }: Chat, id: string): boolean {
  const answer = answersIn(getSnapshot().messages).get(id)
  return answer !== undefined && answer.delivery !== 'failed'
}

/**
 * Tells whether the visitor has written on after a message. A message that was not sent does not
 * count. It is looked for from the end: the list may be long.
 */
export function isFollowed(messages: readonly ChatMessage[], id: string): boolean {
  const last = messages.findLast(
    (message) =>
      message.id === id || (message.sender.role === 'EndUser' && message.delivery !== 'failed'),
  )
  return last !== undefined && last.id !== id
}
