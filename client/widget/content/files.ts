import type { AttachmentMessage } from '../../core/index.js'

type Attachment = AttachmentMessage['attachments'][number]

/** `PDF` for `bill.pdf`; else what the type says, in at most four letters; empty when neither tells. */
export function kindOf({ name, mimeType }: Pick<Attachment, 'name' | 'mimeType'>): string {
  const ending = /\.(\w{1,4})$/.exec(name)?.[1]
  const type = /^[\w.+-]+\/(\w{1,4})(?:[;+]|$)/.exec(mimeType)?.[1]
  return (ending ?? type ?? '').toUpperCase()
}

/**
 * Returns the text sent with files, without the lines that only name them: the tiles show those.
 */
export function saidBeside({ text, attachments }: AttachmentMessage): string {
  const names = attachments.map(({ name }) => name)
  const said = text.split('\n').filter((line) => !names.includes(line))
  return said.join('\n').trim()
}
