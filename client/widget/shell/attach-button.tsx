import { type ChangeEvent, useRef } from 'react'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'

type Props = { mimeTypes: readonly string[] | undefined; onFiles(files: File[]): void }

/** Opens the device's own dialogue to choose files. */
export function AttachButton({ mimeTypes, onFiles }: Props) {
  const { texts } = useWidget()
  const input = useRef<HTMLInputElement>(null)

  /** Empties the control afterwards, so that the same file can be chosen again. */
  function onChange({ currentTarget }: ChangeEvent<HTMLInputElement>): void {
    onFiles([...(currentTarget.files ?? [])])
    currentTarget.value = ''
  }

  return (
    <>
      <button
        type="button"
        className="miaw-tool"
        aria-label={texts.attach}
        onClick={() => input.current?.click()}
      >
        <Icon name="clip" />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={mimeTypes?.join(',')}
        onChange={onChange}
      />
    </>
  )
}
