import { memo } from 'react'
import type { ChatMessage } from '../../core/index.js'
import { MessageContent } from '../content/message-content.js'
import { nameOf } from '../content/name.js'
import { toneOf } from '../content/notice.js'
import { useCurrent, useWidget } from '../context.js'
import { dayOf, timeOf } from '../time.js'
import { Avatar } from './avatar.js'
import { DeliveryNote } from './delivery-note.js'
import { FallbackContacts } from './fallback-contacts.js'
import { PartialContent } from './partial.js'
import type { Row } from './rows.js'
import { failedRoutingId } from './status.js'

/** Shows sender and time: visible once per group of messages, and announced with each. */
function Meta({ message, opens, isGrowing }: Omit<MessageRowProps, 'closes'>) {
  const { texts, language } = useWidget()
  const { sender, timestamp, reason } = message
  return (
    <p className={opens ? 'miaw-meta' : 'miaw-meta miaw-visually-hidden'}>
      <span className="miaw-name">{nameOf(sender, texts)}</span>
      {sender.role === 'Chatbot' && <span className="miaw-role">{texts.bot}</span>}
      {reason === 'AutomatedResponse' && <span className="miaw-role">{texts.automated}</span>}
      {!isGrowing && (
        <time dateTime={timestamp} dir="auto">
          {timeOf(timestamp, language)}
        </time>
      )}
    </p>
  )
}

type MessageRowProps = {
  message: ChatMessage
  /** The first message of a group by one sender. */
  opens: boolean
  /** The last message of the group. */
  closes: boolean
  /** A bot is still writing the message. */
  isGrowing: boolean
}

/** Shows a message in the list. It is not drawn again while other messages change. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { message, opens, closes, isGrowing } = props
  const { id, sender, delivery } = message
  const isOwn = sender.role === 'EndUser'
  return (
    <li
      className="miaw-message"
      data-id={id}
      data-type={message.messageType}
      data-side={isOwn ? 'own' : 'other'}
      data-role={sender.role}
      data-delivery={delivery}
      data-opens={opens}
      data-closes={closes}
    >
      {!isOwn && opens && <Avatar sender={sender} />}
      <div className="miaw-body">
        <Meta message={message} opens={opens} isGrowing={isGrowing} />
        {isGrowing ? (
          <PartialContent text={message.text} sender={sender} />
        ) : (
          <MessageContent message={message} />
        )}
        {isOwn && <DeliveryNote message={message} />}
      </div>
    </li>
  )
})

/** Shows a row of the list that is no message: a divider or a notice. */
export function ListRow({ row }: { row: Exclude<Row, { kind: 'message' }> }) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  switch (row.kind) {
    case 'day':
      return (
        <li className="miaw-divider" data-kind="day">
          <span>{dayOf(row.timestamp, language)}</span>
        </li>
      )
    case 'unread':
      return (
        <li className="miaw-divider" data-kind="unread">
          <span>{texts.newMessages}</span>
        </li>
      )
    case 'notice':
      return (
        <li className="miaw-notice" data-id={row.key} data-tone={toneOf(row.message)}>
          <p dir="auto" title={timeOf(row.message.timestamp, language)}>
            {row.text}
          </p>
          {row.key === failedRoutingId(snapshot.messages) && <FallbackContacts />}
        </li>
      )
  }
}
