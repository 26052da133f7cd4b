/** Converts the guide's messages for frontends (`docs/guide-dialect.md`). Pure; never throws. */
import type * as z from 'zod'
import { isoTime } from '../../contract/common.js'
import { role as roleSchema } from '../../contract/messages.js'
import type { Entry } from '../../polling/entries.js'
import { uuidOf } from '../../uuid.js'
import {
  type MessageBody,
  type ReadBody,
  toFiles,
  toList,
  toReplies,
  toRichLink,
  toSelections,
  toStatement,
  toUnknown,
} from '../bodies.js'
import { type Cleaning, cleaningFor } from '../cleaning.js'
import { safeSource } from '../links.js'
import { plainName, toLine } from '../text.js'
import * as schemas from './schemas.js'

function reader<T extends z.ZodType>(
  schema: T,
  toBody: (read: z.output<T>, clean: Cleaning) => MessageBody | null,
): ReadBody {
  return (message, clean) => {
    const read = schema.safeParse(message)
    return read.success ? toBody(read.data, clean) : null
  }
}

type Option = z.infer<typeof schemas.list>['listPicker']['options'][number]

/** Returns the options that have a title to show. */
function toOptions(options: readonly Option[], clean: Cleaning) {
  return options.flatMap(({ itemId, title: written, subTitle, imageUrl }) => {
    const title = clean.title(written).trim()
    const picture = imageUrl ? safeSource(imageUrl) : null
    const below = clean.title(subTitle ?? '')
    const extras = { ...(below && { subTitle: below }), ...(picture && { imageUrl: picture }) }
    return title === '' ? [] : [{ itemId, title, ...extras }]
  })
}

const readers = new Map<string, ReadBody>([
  [
    'StaticContentMessage',
    reader(schemas.text, ({ staticContent }, clean) => {
      const statement = clean.statement(staticContent.text)
      return statement
        ? toStatement(statement)
        : toUnknown('', { entryType: 'Message', messageType: 'StaticContentMessage' })
    }),
  ],
  [
    'QuickReplyMessage',
    reader(schemas.replies, ({ quickReplies }, clean) => {
      const replies = toOptions(quickReplies.replies, clean)
      const shown = replies.map(({ subTitle: _, ...reply }) => reply)
      return toReplies(clean.text(quickReplies.text ?? ''), shown, 'QuickReplies')
    }),
  ],
  [
    'ListPickerMessage',
    reader(schemas.list, ({ listPicker: { title, text, options } }, clean) =>
      toList(clean.title(title || text || ''), toOptions(options, clean)),
    ),
  ],
  [
    'RichLinkMessage',
    reader(schemas.link, ({ richLink: { title, url, imageUrl, description } }, clean) =>
      toRichLink({
        title: clean.title(title ?? ''),
        url,
        imageUrl: imageUrl ?? null,
        description: clean.text(description ?? ''),
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
          name: clean.title(name ?? '').trim(),
          mimeType: clean.title(mimeType ?? ''),
          url: url ?? '',
          obstacle: null,
        })),
      ),
    ),
  ],
  [
    'QuickReplySelectionMessage',
    reader(schemas.selection, ({ quickReplySelection: { itemId, title } }, clean) =>
      toSelections([{ itemId, title: clean.title(title ?? '').trim() || itemId }]),
    ),
  ],
])

/** Makes a text of a message whose body is unknown, where it has one. */
function unknownBody(listed: unknown, messageType: string, clean: Cleaning): MessageBody {
  const text = schemas.text.safeParse(listed).data?.staticContent.text ?? ''
  return toUnknown(clean.text(text), { entryType: 'Message', messageType: toLine(messageType) })
}

/** Converts a message's id to the gateway's form: the guide's are opaque texts. */
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
  const clean = cleaningFor(role)
  const body = readers.get(messageType)?.(listed, clean) ?? unknownBody(listed, messageType, clean)
  return {
    id,
    at,
    message: { id: idOf(id), sender, timestamp: isoTime(at), ...body },
    change: { kind: 'message', ...sender, subject: '' },
  }
}
