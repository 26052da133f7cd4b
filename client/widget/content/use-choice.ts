import type { ChatMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { useAnswer } from './use-answer.js'

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
