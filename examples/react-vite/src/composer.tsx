import { type FormEvent, useState } from 'react'

type Props = {
  onTyping(): void
  onSend(text: string): void
}

/** Renders the field in which the visitor writes. */
export function Composer({ onTyping, onSend }: Props) {
  const [text, setText] = useState('')

  function submit(event: FormEvent) {
    event.preventDefault()
    if (!text.trim()) return
    onSend(text)
    setText('')
  }

  return (
    <form onSubmit={submit}>
      <input
        aria-label="Your message"
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          onTyping()
        }}
      />
      <button type="submit">Send</button>
    </form>
  )
}
