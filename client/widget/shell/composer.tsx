import { type FormEvent, useId, useRef } from 'react'
import { upload } from '../../core/upload.js'
import { useCurrent, useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { AttachButton } from './attach-button.js'
import { ChosenFiles } from './chosen-files.js'
import { measure } from './draft.js'
import { useFocusHandover } from './focus.js'
import { CharacterCounter, MessageField } from './message-field.js'
import type { ComposerState } from './use-composer-state.js'

type Props = { composer: ComposerState; isHidden: boolean }

/** Holds the field for messages, and the files that go with them. */
export function Composer({ composer: { draft, setDraft, files }, isHidden }: Props) {
  const { chat, texts } = useWidget()
  const { snapshot } = useCurrent()
  const { attachments } = snapshot
  const form = useRef<HTMLFormElement>(null)
  const input = useRef<HTMLTextAreaElement>(null)
  const counter = useId()
  useFocusHandover(form)
  const { isEmpty, left } = measure(draft)
  const canSend = left >= 0 && (!isEmpty || files.chosen.length > 0)

  /** Sends the text with the first file, and the other files after it. */
  function send(event?: FormEvent): void {
    event?.preventDefault()
    input.current?.focus()
    if (!canSend) return
    const text = draft.trim()
    files.chosen.forEach(({ file }, index) => {
      upload(chat, file, index === 0 && text ? { text } : {})
    })
    if (files.chosen.length === 0) chat.send(text)
    setDraft('')
    files.clear()
  }

  return (
    <form ref={form} className="miaw-composer" hidden={isHidden} onSubmit={send}>
      <ChosenFiles files={files} onRemoved={() => input.current?.focus()} />
      <div className="miaw-writing">
        {attachments && <AttachButton attachments={attachments} onFiles={files.add} />}
        <MessageField
          input={input}
          draft={draft}
          counterId={counter}
          onDraft={setDraft}
          onSend={send}
          onFiles={files.add}
        />
        <button
          type="submit"
          className="miaw-send"
          aria-label={texts.send}
          aria-disabled={!canSend}
        >
          <Icon name="send" />
        </button>
      </div>
      <CharacterCounter id={counter} draft={draft} />
    </form>
  )
}
