import type { ChatMessage } from '../../core/index.js'
import { MessageContent } from '../content/message-content.js'
import { nameOf } from '../content/name.js'
import { useWidget } from '../context.js'
import { timeOf } from '../time.js'
import { Avatar } from './avatar.js'
import { DeliveryNote } from './delivery-note.js'

/** Shows sender and time: visible once per group of messages, and announced with each. */
function Meta({ message, opens }: Omit<Props, 'closes'>) {
  const { texts, language } = useWidget()
  const { sender, timestamp, reason } = message
  return (
    <p className={opens ? 'miaw-meta' : 'miaw-meta miaw-visually-hidden'}>
      <span className="miaw-name">{nameOf(sender, texts)}</span>
      {sender.role === 'Chatbot' && <span className="miaw-role">{texts.bot}</span>}
      {reason === 'AutomatedResponse' && <span className="miaw-role">{texts.automated}</span>}
      <time dateTime={timestamp}>{timeOf(timestamp, language)}</time>
    </p>
  )
}

/** `opens` and `closes`: the first and the last of what its sender said in one go. */
type Props = { message: ChatMessage; opens: boolean; closes: boolean }

/** A message in the list. */
export function MessageRow({ message, opens, closes }: Props) {
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
        <Meta message={message} opens={opens} />
        <MessageContent message={message} />
        {isOwn && <DeliveryNote message={message} />}
      </div>
    </li>
  )
}
