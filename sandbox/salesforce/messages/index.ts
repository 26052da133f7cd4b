import { attachments, externalAttachments } from './attachments.js'
import { buttons } from './buttons.js'
import { carousel } from './carousel.js'
import { form } from './form.js'
import type { MessageFactory } from './items.js'
import { links, richLink, webView } from './links.js'
import { listPicker } from './list-picker.js'
import { media } from './media.js'
import { quickReplies } from './quick-replies.js'
import { citedText, entities, unknownFormat } from './texts.js'
import { timePicker } from './time-picker.js'

/** A word for each thing that an agent or bot can send, and what it then sends. */
export const samples: Record<string, readonly MessageFactory[]> = {
  quick: [quickReplies],
  buttons: [buttons],
  list: [listPicker],
  carousel: [carousel],
  time: [timePicker],
  form: [form],
  link: [richLink],
  links: [links],
  media: [media],
  file: [attachments, externalAttachments],
  web: [webView],
  cite: [citedText],
  entities: [entities],
  unknown: [unknownFormat],
}
