import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react'
import { useWidget } from '../context.js'
import { isSendKey, measure } from './draft.js'

type Props = {
  input: RefObject<HTMLTextAreaElement | null>
  draft: string
  /** Id of the element that counts the characters left. */
  counterId: string
  onDraft(draft: string): void
  onSend(): void
  onFiles(files: File[]): void
}

/** Text field as high as its content. Enter sends, and files can be pasted into it. */
export function Field({ input, draft, counterId, onDraft, onSend, onFiles }: Props) {
  const { chat, snapshot, texts } = useWidget()

  function onKeyDown(event: KeyboardEvent): void {
    const { key, keyCode, shiftKey, nativeEvent } = event
    if (!isSendKey({ key, keyCode, shiftKey, isComposing: nativeEvent.isComposing })) return
    event.preventDefault()
    onSend()
  }

  function onPaste(event: ClipboardEvent): void {
    const pasted = [...event.clipboardData.files]
    if (!snapshot.attachments || pasted.length === 0) return
    event.preventDefault()
    onFiles(pasted)
  }

  return (
    <div className="miaw-field" data-draft={`${draft} `}>
      <textarea
        ref={input}
        data-focus=""
        rows={1}
        value={draft}
        aria-label={texts.yourMessage}
        aria-describedby={counterId}
        aria-invalid={measure(draft).left < 0}
        placeholder={texts.placeholder}
        enterKeyHint="send"
        dir="auto"
        onChange={({ currentTarget }) => {
          onDraft(currentTarget.value)
          chat.typing()
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
    </div>
  )
}
