import type { RefObject } from 'react'
import { useCurrent, useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { formatCount } from '../texts/format.js'

type Props = {
  button: RefObject<HTMLButtonElement | null>
  isOpen: boolean
  controls: string
  onToggle(): void
}

const mostShown = 99

/** Shows the round button in the corner, with the number of unread messages. */
export function Launcher({ button, isOpen, controls, onToggle }: Props) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const waiting = isOpen ? 0 : snapshot.unread
  const label = isOpen ? texts.minimise : texts.open
  return (
    <button
      ref={button}
      type="button"
      className="miaw-launcher"
      aria-expanded={isOpen}
      aria-controls={controls}
      aria-label={waiting ? `${label}, ${formatCount(texts.unread, waiting, language)}` : label}
      // The second click of a double click would close what the first has opened.
      onClick={({ detail }) => detail < 2 && onToggle()}
    >
      <Icon name={isOpen ? 'down' : 'chat'} />
      {waiting > 0 && (
        <span key={waiting} className="miaw-badge" aria-hidden="true">
          {waiting > mostShown ? `${mostShown}+` : waiting}
        </span>
      )}
    </button>
  )
}
