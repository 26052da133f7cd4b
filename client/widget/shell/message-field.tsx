import type { ClipboardEvent, KeyboardEvent, RefObject } from 'react'
import { Changing } from '../changing.js'
import { useCurrent, useWidget } from '../context.js'
import { formatCount } from '../texts/format.js'
import { isSendKey, measure } from './draft.js'

/** Shows the number of characters left, once it is small. */
export function CharacterCounter({ id, draft }: { id: string; draft: string }) {
  const { texts, language } = useWidget()
  const { left, isCounted } = measure(draft)
  const form = left < 0 ? texts.charactersOver : texts.charactersLeft
  return (
    <p id={id} className="miaw-counter" role="status" data-over={left < 0}>
      <Changing text={isCounted ? formatCount(form, Math.abs(left), language) : ''} />
    </p>
  )
}

type Props = {
  input: RefObject<HTMLTextAreaElement | null>
  draft: string
  /** Id of the element that counts the characters left. */
  counterId: string
  onDraft(draft: string): void
  onSend(): void
  onFiles(files: File[]): void
}

/** Shows a text field that grows with its content. Enter sends; pasted files are added. */
export function MessageField({ input, draft, counterId, onDraft, onSend, onFiles }: Props) {
  const { chat, texts } = useWidget()
  const { snapshot } = useCurrent()

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
