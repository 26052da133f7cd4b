/** The guide's messages → what a frontend sees (`docs/guide-dialect.md`). Pure; never throws. */
import type * as z from 'zod'
import { isoTime } from '../../contract/common.js'
import { role as roleSchema } from '../../contract/messages.js'
import type { Entry } from '../../polling/entries.js'
import { uuidOf } from '../../uuid.js'
import {
  type CleanText,
  type MessageBody,
  toFiles,
  toList,
  toReplies,
  toRichLink,
  toSelections,
  toText,
  toUnknown,
} from '../bodies.js'
import { safeSource } from '../links.js'
import { decodeEntities, plainName, toPlainText } from '../text.js'
import * as schemas from './schemas.js'

/** A reader of one type of message: null when there is nothing in it that can be shown. */
type Read = (message: unknown, clean: CleanText) => MessageBody | null

function reader<T extends z.ZodType>(
  schema: T,
  toBody: (read: z.output<T>, clean: CleanText) => MessageBody | null,
): Read {
  return (message, clean) => {
    const read = schema.safeParse(message)
    return read.success ? toBody(read.data, clean) : null
  }
}

type Option = z.infer<typeof schemas.list>['listPicker']['options'][number]

/** The options that have a title to show. */
function toOptions(options: readonly Option[], clean: CleanText) {
  return options.flatMap(({ itemId, title: written, subTitle, imageUrl }) => {
    const title = clean(written).trim()
    const picture = imageUrl ? safeSource(imageUrl) : null
    const below = clean(subTitle ?? '')
    const extras = { ...(below && { subTitle: below }), ...(picture && { imageUrl: picture }) }
    return title === '' ? [] : [{ itemId, title, ...extras }]
  })
}

const readers = new Map<string, Read>([
  [
    'StaticContentMessage',
    reader(schemas.text, ({ staticContent }, clean) => toText(clean(staticContent.text))),
  ],
  [
    'QuickReplyMessage',
    reader(schemas.replies, ({ quickReplies }, clean) => {
      const replies = toOptions(quickReplies.replies, clean)
      const shown = replies.map(({ subTitle: _, ...reply }) => reply)
      return toReplies(clean(quickReplies.text ?? ''), shown, 'QuickReplies')
    }),
  ],
  [
    'ListPickerMessage',
    reader(schemas.list, ({ listPicker: { title, text, options } }, clean) =>
      toList(clean(title || text || ''), toOptions(options, clean)),
    ),
  ],
  [
    'RichLinkMessage',
    reader(schemas.link, ({ richLink: { title, url, imageUrl, description } }, clean) =>
      toRichLink({
        title: clean(title ?? ''),
        url,
        imageUrl: imageUrl ?? null,
        description: clean(description ?? ''),
      }),
    ),
  ],
  [
    'AttachmentMessage',
    reader(schemas.files, ({ attachments }, clean) =>
      toFiles(
        '',
        attachments.map(({ id, name, mimeType, url }) => ({
          id: id ?? '',
          name: clean(name ?? '').trim(),
          mimeType: clean(mimeType ?? ''),
          url: url ?? '',
          obstacle: null,
        })),
      ),
    ),
  ],
  [
    'QuickReplySelectionMessage',
    reader(schemas.selection, ({ quickReplySelection: { itemId, title } }, clean) =>
      toSelections([{ itemId, title: clean(title ?? '').trim() || itemId }]),
    ),
  ],
])

/** A message without a body that we can read may still have a text. */
function unknownBody(listed: unknown, messageType: string, clean: CleanText): MessageBody {
  const text = schemas.text.safeParse(listed).data?.staticContent.text ?? ''
  return toUnknown(clean(text), { entryType: 'Message', messageType: toPlainText(messageType) })
}

/** A message's id in the gateway's form: the guide's are opaque texts. */
export function idOf(listedId: string): string {
  return uuidOf(`message ${listedId}`)
}

/** Maps one message of the guide's list; null when it has no id or no time. */
export function toEntry(listed: unknown): Entry | null {
  const read = schemas.listedMessage.safeParse(listed)
  if (!read.success) return null
  const { id, messageType, timestamp: at, sender: from } = read.data
  const role = roleSchema.safeParse(from?.role).data ?? 'System'
  const sender = { role, displayName: plainName(from?.displayName) }
  const clean = role === 'Chatbot' ? decodeEntities : toPlainText
  const body = readers.get(messageType)?.(listed, clean) ?? unknownBody(listed, messageType, clean)
  return {
    id,
    at,
    message: { id: idOf(id), sender, timestamp: isoTime(at), ...body },
    change: { kind: 'message', ...sender, subject: '' },
  }
}
