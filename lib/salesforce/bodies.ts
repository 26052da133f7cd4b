/**
 * Maps the bodies of messages, of either dialect, to the contract's shapes and their plain texts.
 */
import type { Without } from '../contract/common.js'
import type { EntryMessage } from '../polling/entries.js'
import type { Cleaning, Statement } from './cleaning.js'
import { safeLink, safeSource } from './links.js'
import { joinLines, toBullet } from './text.js'

/** Describes a mapped body; the entry around it adds the rest. */
export type MessageBody = Without<
  EntryMessage,
  'id' | 'sender' | 'timestamp' | 'inReplyToMessageId' | 'reason'
>

/** Reads one kind of message; null when there is nothing in it that can be shown. */
export type ReadBody = (content: unknown, clean: Cleaning) => MessageBody | null

type Original = Extract<EntryMessage, { messageType: 'UnknownMessage' }>['original']

const nothingToShow = 'A message that this chat cannot show.'

/** Maps a message that no type of the contract fits; `text`: the text it may have. */
export function toUnknown(text: string, original: Original): MessageBody {
  return { messageType: 'UnknownMessage', text: text || nothingToShow, original }
}

/** Makes a text, also of what is left of a body whose link cannot be opened. */
export function toText(text: string): MessageBody {
  return toStatement({ text })
}

type Citations = { citations?: { label?: string; url: string }[] }

/** Makes a text message, with the Markdown and the suggestions that a bot may add. */
export function toStatement(
  { text, markdown, suggestions }: Statement,
  cited: Citations = {},
): MessageBody {
  return {
    messageType: 'StaticContentMessage',
    text,
    staticContent: { formatType: 'Text', text, ...(markdown && { markdown }), ...cited },
    ...(suggestions && { suggestions }),
  }
}

type Link = { title: string; url: string; imageUrl: string | null; description: string }

/**
 * Makes a link that can be opened, with its picture if that can be fetched; else a text of its
 * parts.
 */
export function toRichLink({ title, url: written, imageUrl: image, description }: Link) {
  const url = safeLink(written)
  if (!url) return title || description ? toText(joinLines(title, description)) : null
  const imageUrl = image && safeSource(image)
  const shown = title || url
  const extras = { ...(imageUrl && { imageUrl }), ...(description && { description }) }
  return {
    messageType: 'RichLinkMessage',
    text: joinLines(shown, description, url),
    richLink: { title: shown, url, ...extras },
  } satisfies MessageBody
}

type Picture = { imageUrl?: string }
type Reply = { itemId: string; title: string } & Picture
type Option = Reply & { subTitle?: string }

/** Makes suggested answers; null without any. */
export function toReplies(
  text: string,
  replies: Reply[],
  style: 'QuickReplies' | 'Buttons',
): MessageBody | null {
  if (replies.length === 0) return null
  return {
    messageType: 'QuickReplyMessage',
    text: joinLines(text, ...replies.map(({ title }) => toBullet(title))),
    quickReplies: { text, replies, style },
  }
}

/** Makes a list to pick from; null when it is empty. */
export function toList(title: string, options: Option[]): MessageBody | null {
  if (options.length === 0) return null
  const listed = options.map((option) => toBullet(titled(option)))
  return {
    messageType: 'ListPickerMessage',
    text: joinLines(title, ...listed),
    listPicker: { title, options },
  }
}

/** Joins a title and the line below it on one line. */
export function titled({ title, subTitle }: { title: string; subTitle?: string | undefined }) {
  return [title, subTitle].filter(Boolean).join(', ')
}

/** Describes a file as it is listed; `obstacle`: why it cannot be fetched, beside its address. */
export type ListedFile = {
  id: string
  name: string
  mimeType: string
  url: string
  obstacle: string | null
}

/** Maps the files that can be fetched; the others are named in the text. Null without any. */
export function toFiles(caption: string, listed: readonly ListedFile[]): MessageBody | null {
  if (listed.length === 0) return null
  const files = listed.map(({ url: written, obstacle, name, mimeType, ...file }) => {
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
  const text = joinLines(caption, ...names)
  const attachments = files.flatMap(({ obstacle, url, ...file }) =>
    url && !obstacle ? [{ ...file, url }] : [],
  )
  return attachments.length === 0
    ? toText(text)
    : { messageType: 'AttachmentMessage', text, attachments }
}

type Selection = { itemId: string; title: string }

/** Maps the chosen options; null when there are none. */
export function toSelections(selections: Selection[]): MessageBody | null {
  if (selections.length === 0) return null
  const text = selections.map(({ title }) => title).join(', ')
  return { messageType: 'ChoiceResponseMessage', text, selections }
}
