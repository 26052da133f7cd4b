import type { ChatMessage } from '../../core/index.js'
import { nameOf } from '../content/name.js'
import { useWidget } from '../context.js'

/**
 * Returns the first letters of the first and of the last word, such as `DR` for "Dana van der Ree".
 */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word))
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return ends.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase()).join('')
}

/** Shows a sender's initials, because there are no pictures. */
export function Avatar({ sender }: { sender: ChatMessage['sender'] }) {
  const { texts } = useWidget()
  return (
    <span className="miaw-avatar" data-role={sender.role} aria-hidden="true">
      {initialsOf(nameOf(sender, texts))}
    </span>
  )
}
