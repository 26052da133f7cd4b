import type { Answer, ChatMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { isAnswered } from './answers.js'

/** The visitor's answer to a message, whether it waits to be sent anew, and how to give one. */
export function useAnswer({ id }: ChatMessage) {
  const { chat, answers, afterAnswer } = useWidget()
  const answer = answers.get(id)
  const hasFailed = answer?.delivery === 'failed'

  /** Once, however often it is clicked; an answer that was not sent gives way to the new one. */
  function reply(content: Answer): void {
    if (isAnswered(chat, id)) return
    if (answer && hasFailed) chat.discard(answer.id)
    chat.reply(id, content)
    afterAnswer()
  }

  return { answer, isTaken: answer !== undefined && !hasFailed, reply }
}

/** Something to choose. */
export type Option = { itemId: string; title: string }

/** Returns a message's choice: if it can still be made, which was made, and how to make it. */
export function useChoice(message: ChatMessage) {
  const { locked } = useWidget()
  const { answer, isTaken, reply } = useAnswer(message)
  const isOpen = !locked && !isTaken
  const isChoice = answer?.messageType === 'ChoiceResponseMessage' && !isOpen
  const chosen = isChoice ? answer.selections.map(({ itemId }) => itemId) : []

  /** Gateways take no answer without a title. */
  const choose = ({ itemId, title }: Option) =>
    reply({ selections: [{ itemId, title: title.trim() || itemId }] })

  return { isOpen, chosen, choose }
}

export type Choice = ReturnType<typeof useChoice>
