import type { AttachmentMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Bubble } from './bubble.js'
import { Caption } from './caption.js'
import { LinkTile } from './link.js'
import { Picture } from './picture.js'

type Attachment = AttachmentMessage['attachments'][number]

/**
 * Returns a file's kind, such as `PDF` for `bill.pdf`. Without an extension it comes from the media
 * type, in at most four letters; it is empty when neither has one.
 */
export function kindOf({ name, mimeType }: Pick<Attachment, 'name' | 'mimeType'>): string {
  const ending = /\.(\w{1,4})$/.exec(name)?.[1]
  const type = /^[\w.+-]+\/(\w{1,4})(?:[;+]|$)/.exec(mimeType)?.[1]
  return (ending ?? type ?? '').toUpperCase()
}

/**
 * Returns the text sent with files, without the lines that only name them: the tiles show those.
 */
function textBesideFiles({ text, attachments }: AttachmentMessage): string {
  const names = attachments.map(({ name }) => name)
  const lines = text.split('\n').filter((line) => !names.includes(line))
  return lines.join('\n').trim()
}

/** Shows a file's kind and its name in a row. */
function FileRow({ file }: { file: Attachment }) {
  const { texts } = useWidget()
  return (
    <span className="miaw-tile">
      <span className="miaw-kind">{kindOf(file) || texts.file}</span>
      <Caption title={file.name || texts.file} />
    </span>
  )
}

/** Shows an image, or a row for other files. It opens the file once there is a URL. */
function FileTile({ file }: { file: Attachment }) {
  const { texts } = useWidget()
  const { name, mimeType, url } = file
  const isImage = mimeType.startsWith('image/')
  const row = <FileRow file={file} />
  return (
    <LinkTile url={url} className="miaw-card">
      <Picture
        url={isImage ? url : undefined}
        className="miaw-preview"
        alt={name || texts.file}
        fallback={row}
      />
    </LinkTile>
  )
}

/** Shows files and the text sent with them. */
export function Attachments({ message }: { message: AttachmentMessage }) {
  return (
    <>
      <Bubble text={textBesideFiles(message)} />
      {message.attachments.map((file) => (
        <FileTile key={file.id + file.name} file={file} />
      ))}
    </>
  )
}
