/**
 * Reads StaticContentMessage / Attachments and ExternalAttachments (`enhanced-chat-api.md §3.5`).
 */
import * as z from 'zod'
import { type MessageBody, toFiles } from '../../bodies.js'
import type { Cleaning } from '../../cleaning.js'
import { maybe, maybeText, opaqueId, readableItems } from '../../lenient.js'

const attachment = z.object({
  id: maybe(opaqueId),
  name: maybeText,
  mimeType: maybeText,
  url: maybeText,
  attachmentUploadResult: maybe(z.object({ resultType: z.string() })),
})
type Attachment = z.infer<typeof attachment>

const attachmentsContent = z.object({ text: maybeText, attachments: readableItems(attachment) })

/** Returns why a file cannot be fetched, beside its address; null when it can. */
function obstacleOf({ attachmentUploadResult }: Attachment): string | null {
  const result = attachmentUploadResult?.resultType
  if (result === 'PendingAttachmentUploadResult') return 'still being uploaded'
  if (result === 'ErrorAttachmentUploadResult') return 'could not be uploaded'
  return null
}

/** Maps the files that can be fetched; the others are named in the text. */
export function readAttachments(content: unknown, clean: Cleaning): MessageBody | null {
  const read = attachmentsContent.safeParse(content)
  if (!read.success) return null
  const files = read.data.attachments.map((file) => ({
    id: file.id ?? '',
    name: clean.title(file.name ?? '').trim(),
    mimeType: clean.title(file.mimeType ?? ''),
    url: file.url ?? '',
    obstacle: obstacleOf(file),
  }))
  return toFiles(clean.text(read.data.text ?? ''), files)
}
