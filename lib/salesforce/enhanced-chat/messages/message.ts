/**
 * Converts the messages of the list for frontends (`enhanced-chat-api.md §3.5`). Pure; never
 * throws.
 */
import * as z from 'zod'
import type { EntryMessage } from '../../../polling/entries.js'
import { type MessageBody, type ReadBody, toUnknown } from '../../bodies.js'
import { type Cleaning, cleaningFor } from '../../cleaning.js'
import { maybe, maybeText, opaqueId } from '../../lenient.js'
import { toLine } from '../../text.js'
import { readAttachments } from './attachments.js'
import { readCarousel } from './carousel.js'
import { readButtons, readListPicker, readQuickReplies } from './choices.js'
import { readFilledIn, readResult } from './form-responses.js'
import { readForm } from './forms.js'
import { readSelections } from './selections.js'
import * as statics from './static-content.js'
import { readTimePicker } from './time-picker.js'

type Envelope = Pick<EntryMessage, 'id' | 'sender' | 'timestamp'>

const content = maybe(z.looseObject({ formatType: maybeText }))

const abstractMessage = z.object({
  messageType: z.string(),
  inReplyToMessageId: maybe(opaqueId),
  staticContent: content,
  choices: content,
  choicesResponse: content,
  form: content,
  formResponse: content,
})
type AbstractMessage = z.infer<typeof abstractMessage>

const messagePayload = z.object({
  abstractMessage,
  messageReason: maybe(z.enum(['AutomatedResponse', 'Consent'])),
})

/** Maps message type and format to its reader; what is not here becomes an UnknownMessage. */
const readers = new Map<string, ReadBody>([
  ['StaticContentMessage Text', statics.readText],
  ['StaticContentMessage RichLink', statics.readRichLink],
  ['StaticContentMessage Links', statics.readLinks],
  ['StaticContentMessage Media', statics.readMedia],
  ['StaticContentMessage WebView', statics.readWebView],
  ['StaticContentMessage Attachments', readAttachments],
  ['StaticContentMessage ExternalAttachments', readAttachments],
  ['ChoicesMessage QuickReplies', readQuickReplies],
  ['ChoicesMessage Buttons', readButtons],
  ['ChoicesMessage ListPicker', readListPicker],
  ['ChoicesMessage Carousel', readCarousel],
  ['ChoicesMessage TimePicker', readTimePicker],
  ['ChoicesResponseMessage Selections', readSelections],
  ['FormMessage Inputs', readForm],
  ['FormResponseMessage Inputs', readFilledIn],
  ['FormResponseMessage Result', readResult],
])

function contentOf(message: AbstractMessage) {
  switch (message.messageType) {
    case 'StaticContentMessage':
      return message.staticContent
    case 'ChoicesMessage':
      return message.choices
    case 'ChoicesResponseMessage':
      return message.choicesResponse
    case 'FormMessage':
      return message.form
    case 'FormResponseMessage':
      return message.formResponse
    default:
      return null
  }
}

const anyText = z.object({ text: maybeText, message: maybeText, title: maybeText })

/** Maps a message of an unknown type to the text it may hold. */
function unknownBody(
  { messageType }: AbstractMessage,
  body: unknown,
  clean: Cleaning,
): MessageBody {
  const { text, message, title } = anyText.safeParse(body).data ?? {}
  const formatType = z.object({ formatType: z.string() }).safeParse(body).data?.formatType
  return toUnknown(clean.text(text || message || title || ''), {
    entryType: 'Message',
    messageType: toLine(messageType),
    ...(formatType && { formatType: toLine(formatType) }),
  })
}

/** Maps a message entry's payload, in its envelope. */
export function toMessage(payload: unknown, envelope: Envelope): EntryMessage {
  const read = messagePayload.safeParse(payload)
  if (!read.success) {
    return { ...envelope, ...toUnknown('', { entryType: 'Message' }) }
  }
  const { abstractMessage: message, messageReason: reason } = read.data
  const { messageType, inReplyToMessageId } = message
  const clean = cleaningFor(envelope.sender.role)
  const body = contentOf(message)
  const reader = readers.get(`${messageType} ${body?.formatType}`)
  return {
    ...envelope,
    ...(inReplyToMessageId && { inReplyToMessageId }),
    ...(reason && { reason }),
    ...(reader?.(body, clean) ?? unknownBody(message, body, clean)),
  }
}
