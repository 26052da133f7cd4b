import type { ChatMessage } from '../../index.js'
import { useWidget } from '../context.js'
import { isAnswered } from './answers.js'

/** Something to choose. */
export type Option = { itemId: string; title: string }

/** Whether a message can still be answered, what was chosen, and how to choose. */
export function useChoice({ id }: ChatMessage) {
  const { chat, answers, locked, afterAnswer } = useWidget()
  const answer = answers.get(id)
  const failed = answer?.delivery === 'failed' ? answer : undefined
  const isOpen = !locked && (!answer || failed !== undefined)
  const isChoice = answer?.messageType === 'ChoiceResponseMessage' && !isOpen
  const chosen = isChoice ? answer.selections.map(({ itemId }) => itemId) : []

  /** Gateways take no answer without a title; a failed answer gives way to the new one. */
  function choose({ itemId, title }: Option): void {
    if (isAnswered(chat, id)) return
    if (failed) chat.discard(failed.id)
    chat.reply(id, { selections: [{ itemId, title: title.trim() || itemId }] })
    afterAnswer()
  }

  return { isOpen, chosen, choose }
}

export type Choice = ReturnType<typeof useChoice>
