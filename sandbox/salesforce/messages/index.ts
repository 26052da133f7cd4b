import { attachments, externalAttachments } from './attachments.js'
import { buttons, carousel, listPicker, quickReplies, timePicker } from './choices.js'
import { form } from './form.js'
import type { MessageFactory } from './items.js'
import { links, media, richLink, webView } from './links-and-media.js'
import { citedText, entities, envelope, markdown, unknownFormat } from './texts.js'

/** Maps each command of the visitor to the messages that the bot sends in return. */
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
  markdown: [markdown],
  envelope: [envelope],
  unknown: [unknownFormat],
}
