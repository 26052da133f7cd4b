import { Changing, ErrorLine } from '../changing.js'
import { useCurrent, useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { FallbackContacts } from './fallback-contacts.js'
import { PanelPart } from './focus.js'
import { outcomeOf } from './status.js'

/** Shows the greeting before the first message. */
export function Welcome({ onStart }: { onStart(): void }) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const outcome = outcomeOf(snapshot, texts, language)
  return (
    <PanelPart className="miaw-welcome">
      <span className="miaw-mark" aria-hidden="true">
        <Icon name="chat" />
      </span>
      <h3>
        <Changing text={outcome?.title ?? texts.welcomeTitle} />
      </h3>
      {!outcome?.title && <p>{texts.welcomeText}</p>}
      <ErrorLine text={outcome?.text} tone={outcome?.title && 'calm'} />
      <button
        type="button"
        className="miaw-button"
        data-kind="primary"
        data-focus=""
        onClick={onStart}
      >
        <Changing text={outcome?.action ?? texts.start} />
      </button>
      {outcome?.needsFallback && <FallbackContacts />}
    </PanelPart>
  )
}
