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
