import type { ChatMessage } from '../../core/index.js'
import { Attachments } from './attachments.js'
import { Bubble } from './bubble.js'
import { Carousel } from './carousel.js'
import { Form } from './form.js'
import { RichLink, WebView } from './links.js'
import { ListPicker } from './list-picker.js'
import { QuickReplies } from './quick-replies.js'
import { ChoiceResponse, FormResponse } from './responses.js'
import { StaticContent } from './static-content.js'
import { TimePicker } from './time-picker.js'

function Body({ message }: { message: ChatMessage }) {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return <StaticContent message={message} />
    case 'RichLinkMessage':
      return <RichLink message={message} />
    case 'WebViewMessage':
      return <WebView message={message} />
    case 'AttachmentMessage':
      return <Attachments message={message} />
    case 'QuickReplyMessage':
      return <QuickReplies message={message} />
    case 'ListPickerMessage':
      return <ListPicker message={message} />
    case 'CarouselMessage':
      return <Carousel message={message} />
    case 'TimePickerMessage':
      return <TimePicker message={message} />
    case 'ChoiceResponseMessage':
      return <ChoiceResponse message={message} />
    case 'FormMessage':
      return <Form message={message} />
    case 'FormResponseMessage':
      return <FormResponse message={message} />
    case 'ParticipantChanged':
    case 'RoutingResult':
    case 'SessionStatusChanged':
    case 'UnknownMessage':
      return <Bubble text={message.text} />
    default:
      message satisfies never
      return null
  }
}

/** Shows a message: its text, cards and files, and the controls to answer it. */
export function MessageContent({ message }: { message: ChatMessage }) {
  const side = message.sender.role === 'EndUser' ? 'own' : 'theirs'
  return (
    <div className="miaw-content" data-side={side} data-type={message.messageType}>
      <Body message={message} />
    </div>
  )
}
