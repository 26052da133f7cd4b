import type { ChatMessage } from '../../core/index.js'
import { MessageContent } from '../content/message-content.js'
import { nameOf } from '../content/name.js'
import { toneOf } from '../content/notice.js'
import { useWidget } from '../context.js'
import { dayOf, timeOf } from '../time.js'
import { Avatar } from './avatar.js'
import { DeliveryNote } from './delivery-note.js'
import { FallbackContacts } from './fallback-contacts.js'
import { PartialContent } from './partial.js'
import type { Row } from './rows.js'
import { failedRoutingId } from './status.js'

/** Shows sender and time: visible once per group of messages, and announced with each. */
function Meta({ message, opens }: Omit<MessageRowProps, 'closes'>) {
  const { texts, language, snapshot } = useWidget()
  const { sender, timestamp, reason } = message
  const isTimed = message.id !== snapshot.activity?.partial?.messageId
  return (
    <p className={opens ? 'miaw-meta' : 'miaw-meta miaw-visually-hidden'}>
      <span className="miaw-name">{nameOf(sender, texts)}</span>
      {sender.role === 'Chatbot' && <span className="miaw-role">{texts.bot}</span>}
      {reason === 'AutomatedResponse' && <span className="miaw-role">{texts.automated}</span>}
      {isTimed && <time dateTime={timestamp}>{timeOf(timestamp, language)}</time>}
    </p>
  )
}

/** `opens` and `closes`: the first and the last message of a group by one sender. */
type MessageRowProps = { message: ChatMessage; opens: boolean; closes: boolean }

/** Shows a message in the list. */
function MessageRow({ message, opens, closes }: MessageRowProps) {
  const { id, sender, delivery } = message
  const { activity } = useWidget().snapshot
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
        <Meta message={message} opens={opens} />
        {id === activity?.partial?.messageId ? (
          <PartialContent {...activity.partial} sender={sender} />
        ) : (
          <MessageContent message={message} />
        )}
        {isOwn && <DeliveryNote message={message} />}
      </div>
    </li>
  )
}

/** Shows a row of the list: a divider, a notice or a message. */
export function ListRow({ row }: { row: Row }) {
  const { texts, language, snapshot } = useWidget()
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
        <li
          className="miaw-notice"
          data-id={row.key}
          data-tone={toneOf(row.message)}
          title={timeOf(row.message.timestamp, language)}
        >
          <p dir="auto">{row.text}</p>
          {row.key === failedRoutingId(snapshot.messages) && <FallbackContacts />}
        </li>
      )
    case 'message':
      return <MessageRow message={row.message} opens={row.opens} closes={row.closes} />
  }
}
