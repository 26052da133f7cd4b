import { useEffect, useState } from 'react'
import { ErrorLine } from '../changing.js'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { formatText } from '../texts/format.js'
import { sizeOf } from './file-rules.js'
import type { Chosen, Files } from './use-composer-state.js'

/**
 * Returns an address for a picture that is on this device only, and revokes it when it is no longer
 * shown.
 */
function useThumbnail(file: File): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (!/^image\/(png|jpe?g|gif|webp|avif)$/.test(file.type)) return
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return url
}

function Chip({ chosen: { file }, onRemove }: { chosen: Chosen; onRemove(): void }) {
  const { texts, language } = useWidget()
  const thumbnail = useThumbnail(file)
  const { name } = file
  return (
    <li className="miaw-chosen">
      {thumbnail ? <img src={thumbnail} alt="" /> : <Icon name="file" />}
      <span className="miaw-file">
        <span dir="auto">{name}</span>
        <small dir="auto">{sizeOf(file.size, language)}</small>
      </span>
      <button type="button" aria-label={formatText(texts.remove, { name })} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  )
}

/**
 * Shows the files that go with the next message, and those that cannot. Calls `onRemoved` after one
 * was removed.
 */
export function ChosenFiles({ files, onRemoved }: { files: Files; onRemoved(): void }) {
  const { texts } = useWidget()
  return (
    <>
      {files.chosen.length > 0 && (
        <ul className="miaw-files" aria-label={texts.chosen}>
          {files.chosen.map((chosen) => (
            <Chip
              key={chosen.key}
              chosen={chosen}
              onRemove={() => {
                files.remove(chosen.key)
                onRemoved()
              }}
            />
          ))}
        </ul>
      )}
      <ErrorLine text={files.refusals.join(' ')} />
    </>
  )
}
