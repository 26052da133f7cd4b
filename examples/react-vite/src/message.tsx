import type { ChatMessage } from 'miaw-gateway/react'

type Selection = { itemId: string; title: string }

type Props = {
  message: ChatMessage
  /** Quick replies can be chosen until the next message. */
  isLast: boolean
  onChoose(selection: Selection): void
  onRetry(): void
}

/** Shows one message. Every type has a text; quick replies have buttons, too. */
export function Message({ message, isLast, onChoose, onRetry }: Props) {
  const { sender, delivery } = message
  const isOwn = sender.role === 'EndUser'
  const choice = message.messageType === 'QuickReplyMessage' ? message.quickReplies : undefined
  const replies = (isLast && choice?.replies) || []
  return (
    <li className={isOwn ? 'own' : undefined}>
      {!isOwn && <small>{sender.displayName}</small>}
      <p dir="auto">{choice?.text || message.text}</p>
      {replies.map(({ itemId, title }) => (
        <button key={itemId} type="button" onClick={() => onChoose({ itemId, title })}>
          {title}
        </button>
      ))}
      {delivery === 'failed' && (
        <button type="button" onClick={onRetry}>
          Not sent. Try again
        </button>
      )}
    </li>
  )
}
