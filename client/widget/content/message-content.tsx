import type { ChatMessage } from '../../index.js'

/** What a message shows: its words, cards and files, and the ways to answer it. */
export function MessageContent({ message }: { message: ChatMessage }) {
  return <p dir="auto">{message.text}</p>
}
