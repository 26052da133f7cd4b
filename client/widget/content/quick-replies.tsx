import { useId } from 'react'
import type { ChatMessage, QuickReplyMessage } from '../../core/index.js'
import { useCurrent, useWidget } from '../context.js'
import { isFollowed } from './answers.js'
import { Bubble } from './bubble.js'
import { OptionButton } from './option-button.js'
import { Picture } from './picture.js'
import { useChoice } from './use-answer.js'

type Reply = QuickReplyMessage['quickReplies']['replies'][number]

/** Shows an answer: its picture, if it has one, and its title. */
function Face({ reply: { imageUrl, title } }: { reply: Reply }) {
  return (
    <>
      <Picture url={imageUrl} className="miaw-chip-picture" />
      <span dir="auto">{title}</span>
    </>
  )
}

/**
 * Shows a question and its answers: side by side as chips, or as buttons one below the other. They
 * are closed when the visitor has written on.
 */
export function QuickReplies({ message }: { message: ChatMessage & QuickReplyMessage }) {
  const { texts } = useWidget()
  const { snapshot } = useCurrent()
  const answer = useChoice(message)
  const isOpen = answer.isOpen && !isFollowed(snapshot.messages, message.id)
  const choice = { ...answer, isOpen }
  const id = useId()
  const { text, replies, style } = message.quickReplies
  const name = text.trim() ? { 'aria-labelledby': id } : { 'aria-label': texts.choices }
  return (
    <>
      <Bubble text={text} id={id} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own */}
      <div className="miaw-chips" data-style={style} role="group" {...name}>
        {replies.map((reply) => (
          <OptionButton key={reply.itemId} choice={choice} option={reply} className="miaw-chip">
            <Face reply={reply} />
          </OptionButton>
        ))}
      </div>
    </>
  )
}
