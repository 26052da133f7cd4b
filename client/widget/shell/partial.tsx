import { useEffect } from 'react'
import type { ChatMessage, Participant, Snapshot } from '../../core/index.js'
import { markdownReader } from '../content/markdown.js'
import { nameOf } from '../content/name.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { partnerOf } from './status.js'

/** Returns the bot that is likely to be writing. */
export function botOf({ conversation, messages }: Snapshot): Participant {
  const isBot = ({ role }: Participant) => role === 'Chatbot'
  const partner = conversation ? partnerOf({ ...conversation, handledBy: 'bot' }) : undefined
  const last = messages.findLast(({ sender }) => isBot(sender))
  return partner ?? last?.sender ?? { role: 'Chatbot', displayName: null }
}

/**
 * Returns the messages, with the partial answer as the last one. It has the id of the message to
 * come, so that the row stays the same element, and the time of the message before it, so that it
 * begins no other day.
 */
export function withPartial(snapshot: Snapshot): readonly ChatMessage[] {
  const { messages, activity, conversationId } = snapshot
  if (!activity?.partial) return messages
  const { messageId, text } = activity.partial
  const answer: ChatMessage = {
    id: messageId,
    conversationId: conversationId ?? '',
    sender: botOf(snapshot),
    timestamp: messages.at(-1)?.timestamp ?? new Date().toISOString(),
    messageType: 'StaticContentMessage',
    text,
    staticContent: { formatType: 'Text', text },
    delivery: 'delivered',
  }
  return [...messages, answer]
}

type Props = { text: string; sender: Participant }

/**
 * Shows a partial answer, as a message is shown. Screen readers learn that there is one, and get
 * the text when it is complete. Most of these become Markdown: the reader is there before them.
 */
export function PartialContent({ text, sender }: Props) {
  const { texts } = useWidget()
  useEffect(() => void markdownReader.load(), [])
  return (
    <>
      <span className="miaw-visually-hidden">
        {formatText(texts.answering, { name: nameOf(sender, texts) })}
      </span>
      <div
        className="miaw-content"
        data-side="theirs"
        data-type="StaticContentMessage"
        aria-hidden="true"
      >
        <p key={text} className="miaw-bubble miaw-growing" dir="auto">
          {text.trimEnd()}
        </p>
      </div>
    </>
  )
}
