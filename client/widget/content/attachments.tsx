import type { AttachmentMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Bubble } from './bubble.js'
import { kindOf, saidBeside } from './files.js'
import { Picture } from './picture.js'
import { Tile } from './tile.js'
import { Words } from './words.js'

type Attachment = AttachmentMessage['attachments'][number]

/** A row: what kind of file it is, and its name. */
function FileRow({ file }: { file: Attachment }) {
  const { texts } = useWidget()
  return (
    <span className="miaw-tile">
      <span className="miaw-kind">{kindOf(file) || texts.file}</span>
      <Words title={file.name || texts.file} />
    </span>
  )
}

/** An image with its name, or else a row; opens the file, once there is an address. */
function FileTile({ file }: { file: Attachment }) {
  const { texts } = useWidget()
  const { name, mimeType, url } = file
  const isImage = mimeType.startsWith('image/')
  const row = <FileRow file={file} />
  return (
    <Tile url={url} className="miaw-card">
      <Picture
        url={isImage ? url : undefined}
        className="miaw-preview"
        alt={name || texts.file}
        fallback={row}
      />
    </Tile>
  )
}

/** Files, and what was said with them. */
export function Attachments({ message }: { message: AttachmentMessage }) {
  return (
    <>
      <Bubble text={saidBeside(message)} />
      {message.attachments.map((file) => (
        <FileTile key={file.id + file.name} file={file} />
      ))}
    </>
  )
}
