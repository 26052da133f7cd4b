import { Part } from './part.js'

type Props = { text: string; action: string; onAct(): void }

/** Replaces the composer while nothing can be sent. */
export function OutcomeBar({ text, action, onAct }: Props) {
  return (
    <Part className="miaw-bar">
      <p>{text}</p>
      <button
        type="button"
        className="miaw-button"
        data-kind="primary"
        data-focus=""
        onClick={onAct}
      >
        {action}
      </button>
    </Part>
  )
}
