import type { Answer, ChatMessage } from '../../core/index.js'
import { useCurrent, useWidget } from '../context.js'
import { isAnswered } from './answers.js'

/** Returns the visitor's answer to a message, its delivery state, and a function to answer. */
export function useAnswer({ id }: ChatMessage) {
  const { chat, afterAnswer } = useWidget()
  const { answers } = useCurrent()
  const answer = answers.get(id)
  const hasFailed = answer?.delivery === 'failed'

  /** Answers once, however often it is clicked. The new answer replaces one that failed. */
  function reply(content: Answer): void {
    if (isAnswered(chat, id)) return
    if (answer && hasFailed) chat.discard(answer.id)
    chat.reply(id, content)
    afterAnswer()
  }

  return { answer, isTaken: answer !== undefined && !hasFailed, reply }
}

/** Option that the visitor can choose. */
export type Option = { itemId: string; title: string }

/** Returns a message's choice: the chosen options, and a function to choose while it is open. */
export function useChoice(message: ChatMessage) {
  const { locked } = useWidget()
  const { answer, isTaken, reply } = useAnswer(message)
  const isOpen = !locked && !isTaken
  const isChoice = answer?.messageType === 'ChoiceResponseMessage' && !isOpen
  const chosen = isChoice ? answer.selections.map(({ itemId }) => itemId) : []

  /** Falls back to the id: the gateway rejects an answer without a title. */
  const choose = ({ itemId, title }: Option) =>
    reply({ selections: [{ itemId, title: title.trim() || itemId }] })

  return { isOpen, chosen, choose }
}

export type Choice = ReturnType<typeof useChoice>
