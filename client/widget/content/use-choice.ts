import type { ChatMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { useAnswer } from './use-answer.js'

/** Something to choose. */
export type Option = { itemId: string; title: string }

/** Whether a message can still be answered, what was chosen, and how to choose. */
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
