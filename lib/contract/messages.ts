/**
 * Defines the messages that a poll delivers: the guide's shapes, completed where the guide is
 * silent (contract, "Messages").
 */
import * as z from 'zod'
import * as choices from './messages/choices.js'
import * as events from './messages/events.js'
import * as forms from './messages/forms.js'
import * as statics from './messages/static.js'

export { type EndedBy, endedBy, type Role, role } from './messages/common.js'

export const message = z.discriminatedUnion('messageType', [
  statics.staticContentMessage,
  statics.richLinkMessage,
  statics.attachmentMessage,
  statics.webViewMessage,
  choices.quickReplyMessage,
  choices.listPickerMessage,
  choices.carouselMessage,
  choices.timePickerMessage,
  choices.choiceResponseMessage,
  forms.formMessage,
  forms.formResponseMessage,
  events.participantChanged,
  events.routingResult,
  events.sessionStatusChanged,
  events.unknownMessage,
])
export type Message = z.infer<typeof message>
