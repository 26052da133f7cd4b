/** StaticContentMessage / Attachments and ExternalAttachments (`enhanced-chat-api.md §3.5`). */
import * as z from 'zod'
import { each, maybe, maybeText, opaqueId } from '../lenient.js'
import { safeSource } from '../links.js'
import { lines } from '../text.js'
import type { Body, Clean } from './body.js'
import { toText } from './static-content.js'

const attachment = z.object({
  id: maybe(opaqueId),
  name: maybeText,
  mimeType: maybeText,
  url: maybeText,
  attachmentUploadResult: maybe(z.object({ resultType: z.string() })),
})
type Attachment = z.infer<typeof attachment>

const attachmentsContent = z.object({ text: maybeText, attachments: each(attachment) })

/** What keeps a file from being fetched; null when nothing does. */
function obstacleOf({ url, attachmentUploadResult }: Attachment): string | null {
  const result = attachmentUploadResult?.resultType
  if (result === 'PendingAttachmentUploadResult') return 'still being uploaded'
  if (result === 'ErrorAttachmentUploadResult') return 'could not be uploaded'
  return safeSource(url ?? '') ? null : 'cannot be opened'
}

function lineOf(name: string, obstacle: string | null): string {
  return obstacle ? `${name} (${obstacle})` : name
}

/** The files that can be fetched; the others are told of in the text. */
export function readAttachments(content: unknown, clean: Clean): Body | null {
  const read = attachmentsContent.safeParse(content)
  if (!read.success || read.data.attachments.length === 0) return null
  const files = read.data.attachments.map((file) => ({
    id: file.id ?? '',
    name: clean(file.name ?? '').trim() || 'A file',
    mimeType: clean(file.mimeType ?? '') || 'application/octet-stream',
    url: safeSource(file.url ?? ''),
    obstacle: obstacleOf(file),
  }))
  const names = files.map(({ name, obstacle }) => lineOf(name, obstacle))
  const text = lines(clean(read.data.text ?? ''), ...names)
  const attachments = files.flatMap(({ id, name, mimeType, url, obstacle }) =>
    url && !obstacle ? [{ id, name, mimeType, url }] : [],
  )
  if (attachments.length === 0) return toText(text)
  return { messageType: 'AttachmentMessage', text, attachments }
}
