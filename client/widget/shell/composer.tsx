import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  useId,
  useRef,
  useState,
} from 'react'
import { upload } from '../../upload.js'
import { useWidget } from '../context.js'
import { AttachButton } from './attach-button.js'
import { ChosenFiles } from './chosen-files.js'
import { Counter } from './counter.js'
import { isSendKey, measure } from './draft.js'
import { useFocusHandover } from './focus.js'
import { Icon } from './icons.js'
import type { Files } from './use-files.js'

type Props = { files: Files; isHidden: boolean }

/** Where messages are written, and files go with them. */
export function Composer({ files, isHidden }: Props) {
  const { chat, snapshot, texts } = useWidget()
  const { attachments } = snapshot
  const [draft, setDraft] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const input = useRef<HTMLTextAreaElement>(null)
  const counter = useId()
  useFocusHandover(form)
  const { isEmpty, left } = measure(draft)
  const canSend = left >= 0 && (!isEmpty || files.chosen.length > 0)

  /** A text goes with the first file; the files follow each other. */
  function send(event: FormEvent): void {
    event.preventDefault()
    input.current?.focus()
    if (!canSend) return
    const text = draft.trim()
    for (const [index, { file }] of files.chosen.entries())
      upload(chat, file, index === 0 && text ? { text } : {})
    if (files.chosen.length === 0) chat.send(text)
    setDraft('')
    files.clear()
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { isComposing } = event.nativeEvent
    const { key, keyCode, shiftKey } = event
    if (isSendKey({ key, keyCode, shiftKey, isComposing })) send(event)
  }

  function onPaste(event: ClipboardEvent): void {
    const pasted = [...event.clipboardData.files]
    if (!attachments || pasted.length === 0) return
    event.preventDefault()
    files.add(pasted)
  }

  return (
    <form ref={form} className="miaw-composer" hidden={isHidden} onSubmit={send}>
      <ChosenFiles files={files} onRemoved={() => input.current?.focus()} />
      <div className="miaw-writing">
        {attachments && <AttachButton mimeTypes={attachments.mimeTypes} onFiles={files.add} />}
        <div className="miaw-field" data-draft={`${draft} `}>
          <textarea
            ref={input}
            data-focus=""
            rows={1}
            value={draft}
            aria-label={texts.yourMessage}
            aria-describedby={counter}
            aria-invalid={left < 0}
            placeholder={texts.placeholder}
            enterKeyHint="send"
            dir="auto"
            onChange={({ currentTarget }) => {
              setDraft(currentTarget.value)
              chat.typing()
            }}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
          />
        </div>
        <button
          type="submit"
          className="miaw-send"
          aria-label={texts.send}
          aria-disabled={!canSend}
        >
          <Icon name="send" />
        </button>
      </div>
      <Counter id={counter} draft={draft} />
    </form>
  )
}
