import { useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { PanelPart } from './focus.js'
import { outcomeOf } from './status.js'

/** Shows the greeting before the first message. */
export function Welcome({ onStart }: { onStart(): void }) {
  const { texts, snapshot } = useWidget()
  const outcome = outcomeOf(snapshot, texts)
  return (
    <PanelPart className="miaw-welcome">
      <span className="miaw-mark" aria-hidden="true">
        <Icon name="chat" />
      </span>
      <h3>{texts.welcomeTitle}</h3>
      <p>{texts.welcomeText}</p>
      <button
        type="button"
        className="miaw-button"
        data-kind="primary"
        data-focus=""
        onClick={onStart}
      >
        {outcome?.action ?? texts.start}
      </button>
      <p className="miaw-trouble" role="alert">
        {outcome?.text}
      </p>
    </PanelPart>
  )
}
