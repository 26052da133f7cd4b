import { useCurrent, useWidget } from '../context.js'
import { isFollowed } from './answers.js'

type Props = { id: string; suggestions: readonly string[] }

/** Shows texts that the visitor may send, until the visitor sends a message. */
export function Suggestions({ id, suggestions }: Props) {
  const { chat, texts, locked, afterAnswer } = useWidget()
  const { snapshot } = useCurrent()
  if (locked || suggestions.length === 0 || isFollowed(snapshot.messages, id)) return null

  /** Sends once: two clicks may come before the first one's effect is drawn. */
  function send(text: string): void {
    if (isFollowed(chat.getSnapshot().messages, id)) return
    chat.send(text)
    afterAnswer()
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div className="miaw-chips" role="group" aria-label={texts.choices}>
      {suggestions.map((text) => (
        <button type="button" key={text} className="miaw-chip" onClick={() => send(text)}>
          <span dir="auto">{text}</span>
        </button>
      ))}
    </div>
  )
}
