import { type ChangeEvent, useRef } from 'react'
import type { Attachments } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { acceptOf } from './file-rules.js'

type Props = { attachments: Attachments; onFiles(files: File[]): void }

/** Opens the device's own dialogue to choose files. */
export function AttachButton({ attachments, onFiles }: Props) {
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
        accept={acceptOf(attachments)}
        onChange={onChange}
      />
    </>
  )
}
