import { useEffect, useState } from 'react'
import { nameOf } from '../content/name.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { Avatar } from './avatar.js'
import { partnerOf } from './status.js'

const longestMs = 8000

/**
 * Returns the participant who is likely to be answering. The gateway cannot tell, but a bot answers
 * soon after the visitor wrote. Undefined without a bot, or when no answer came within 8 seconds.
 */
function useAnsweringParticipant() {
  const { chat, snapshot } = useWidget()
  const [sentId, setSentId] = useState('')
  useEffect(
    () =>
      chat.on('delivery', ({ id, delivery }) => {
        if (delivery === 'sent' || delivery === 'delivered') setSentId(id)
      }),
    [chat],
  )
  useEffect(() => {
    const timer = sentId ? setTimeout(setSentId, longestMs, '') : undefined
    return () => clearTimeout(timer)
  }, [sentId])
  const { messages, conversation, connection } = snapshot
  const isDue = sentId !== '' && messages.at(-1)?.id === sentId && connection === 'online'
  return isDue && conversation?.handledBy === 'bot' ? partnerOf(conversation) : undefined
}

/** Shows three dots while an answer is expected. */
export function TypingIndicator() {
  const { texts } = useWidget()
  const partner = useAnsweringParticipant()
  if (!partner) return null
  return (
    <li className="miaw-message" data-side="other" data-kind="answering">
      <Avatar sender={partner} />
      <p className="miaw-dots">
        <span className="miaw-visually-hidden">
          {formatText(texts.answering, { name: nameOf(partner, texts) })}
        </span>
        <i />
        <i />
        <i />
      </p>
    </li>
  )
}
