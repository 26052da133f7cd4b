/** What the bodies of messages become, whichever dialect told them: the contract's shapes and their plain texts. */
import type { Without } from '../contract/common.js'
import type { EntryMessage } from '../polling/entries.js'
import { safeLink, safeSource } from './links.js'
import { bullet, lines } from './text.js'

/** What a body becomes; the entry around it adds the rest. */
export type Body = Without<
  EntryMessage,
  'id' | 'sender' | 'timestamp' | 'inReplyToMessageId' | 'reason'
>

/** Makes a foreign text plain; how depends on who wrote it. */
export type Clean = (text: string) => string

type Original = Extract<EntryMessage, { messageType: 'UnknownMessage' }>['original']

const nothingToShow = 'A message that this chat cannot show.'

/** A message that no type of the contract fits; `text`: whatever can be said of it. */
export function toUnknown(text: string, original: Original): Body {
  return { messageType: 'UnknownMessage', text: text || nothingToShow, original }
}

/** A text; also what is left of a body whose link cannot be opened. */
export function toText(text: string): Body {
  return {
    messageType: 'StaticContentMessage',
    text,
    staticContent: { formatType: 'Text', text },
  }
}

type Link = { title: string; url: string; imageUrl: string | null; description: string }

/** A link that can be opened, with its picture if that can be fetched; else what is written beside it. */
export function toRichLink({ title, url: written, imageUrl: image, description }: Link) {
  const url = safeLink(written)
  if (!url) return title || description ? toText(lines(title, description)) : null
  const imageUrl = image && safeSource(image)
  const shown = title || url
  const extras = { ...(imageUrl && { imageUrl }), ...(description && { description }) }
  return {
    messageType: 'RichLinkMessage',
    text: lines(shown, description, url),
    richLink: { title: shown, url, ...extras },
  } satisfies Body
}

type Picture = { imageUrl?: string }
type Reply = { itemId: string; title: string } & Picture
type Option = Reply & { subTitle?: string }

/** Suggested answers; null without any. */
export function toReplies(
  text: string,
  replies: Reply[],
  style: 'QuickReplies' | 'Buttons',
): Body | null {
  if (replies.length === 0) return null
  return {
    messageType: 'QuickReplyMessage',
    text: lines(text, ...replies.map(({ title }) => bullet(title))),
    quickReplies: { text, replies, style },
  }
}

/** A list to pick from; null when it is empty. */
export function toList(title: string, options: Option[]): Body | null {
  if (options.length === 0) return null
  const told = options.map((option) => bullet(titled(option)))
  return {
    messageType: 'ListPickerMessage',
    text: lines(title, ...told),
    listPicker: { title, options },
  }
}

/** A title and the line below it, on one line. */
export function titled({ title, subTitle }: { title: string; subTitle?: string | undefined }) {
  return [title, subTitle].filter(Boolean).join(', ')
}

/** A file as it was told of; `obstacle`: what keeps it from being fetched, beside its address. */
export type ToldFile = {
  id: string
  name: string
  mimeType: string
  url: string
  obstacle: string | null
}

/** The files that can be fetched; the others are told of in the text. Null without any. */
export function toFiles(said: string, told: readonly ToldFile[]): Body | null {
  if (told.length === 0) return null
  const files = told.map(({ url: written, obstacle, name, mimeType, ...file }) => {
    const url = safeSource(written)
    return {
      ...file,
      name: name || 'A file',
      mimeType: mimeType || 'application/octet-stream',
      url,
      obstacle: obstacle ?? (url ? null : 'cannot be opened'),
    }
  })
  const names = files.map(({ name, obstacle }) => (obstacle ? `${name} (${obstacle})` : name))
  const text = lines(said, ...names)
  const attachments = files.flatMap(({ obstacle, url, ...file }) =>
    url && !obstacle ? [{ ...file, url }] : [],
  )
  return attachments.length === 0
    ? toText(text)
    : { messageType: 'AttachmentMessage', text, attachments }
}

type Selection = { itemId: string; title: string }

/** What was chosen; null when nothing was. */
export function toSelections(selections: Selection[]): Body | null {
  if (selections.length === 0) return null
  const text = selections.map(({ title }) => title).join(', ')
  return { messageType: 'ChoiceResponseMessage', text, selections }
}
