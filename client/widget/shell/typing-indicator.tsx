import { useEffect, useState } from 'react'
import type { Participant, Snapshot } from '../../core/index.js'
import { nameOf } from '../content/name.js'
import { useCurrent, useWidget } from '../context.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { Avatar } from './avatar.js'
import { botOf } from './partial.js'
import { partnerOf } from './status.js'

const longestMs = 8000

/**
 * Returns the participant who is likely to be answering. A gateway that hears no events cannot
 * tell, but a bot answers soon after the visitor wrote. Undefined without a bot, or when no answer
 * came within 8 seconds.
 */
function useAnsweringParticipant() {
  const { chat } = useWidget()
  const { snapshot } = useCurrent()
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

type DotsProps = { sender: Participant; text: string }

function Dots({ sender, text }: DotsProps) {
  return (
    <li className="miaw-message" data-side="other" data-kind="answering">
      <Avatar sender={sender} />
      <p className="miaw-dots">
        <i />
        <i />
        <i />
        <span key={text} dir="auto">
          {text}
        </span>
      </p>
    </li>
  )
}

/** Returns who is typing, and what a bot is doing; a bot whose answer grows is left out. */
export function typingLines({ activity, ...snapshot }: Snapshot, texts: Texts): DotsProps[] {
  if (!activity || snapshot.connection !== 'online') return []
  const { typing, progress, partial } = activity
  const isBot = ({ role }: Participant) => role === 'Chatbot'
  const lines = typing
    .filter((who) => !isBot(who) || (!partial && !progress))
    .map((sender) => {
      const text = isBot(sender) ? texts.answering : texts.typing
      return { sender, text: formatText(text, { name: nameOf(sender, texts) }) }
    })
  if (!progress || partial) return lines
  const sender = typing.find(isBot) ?? botOf({ ...snapshot, activity })
  return [...lines, { sender, text: progress }]
}

/** Shows three dots for everybody who types. Without events, it is guessed that a bot does. */
export function TypingIndicator() {
  const { texts } = useWidget()
  const { snapshot } = useCurrent()
  const guessed = useAnsweringParticipant()
  if (snapshot.activity) {
    return typingLines(snapshot, texts).map((line) => (
      <Dots key={`${line.sender.role} ${line.sender.displayName}`} {...line} />
    ))
  }
  if (!guessed) return null
  const text = formatText(texts.answering, { name: nameOf(guessed, texts) })
  return <Dots sender={guessed} text={text} />
}
