import { Changing } from '../changing.js'
import { useCurrent, useWidget } from '../context.js'
import { Composer } from './composer.js'
import { EndConfirmation } from './end-confirmation.js'
import { FallbackContacts } from './fallback-contacts.js'
import { PanelPart } from './focus.js'
import { MessageList } from './message-list.js'
import { type Outcome, outcomeOf, troubleOf } from './status.js'
import type { ComposerState } from './use-composer-state.js'

type OutcomeBarProps = Omit<Outcome, 'needsFallback'> & { needsFallback?: boolean; onAct(): void }

/** Says why nothing can be sent, or nothing is answered, and what can be done about it. */
function OutcomeBar({ title, text, action, needsFallback = false, onAct }: OutcomeBarProps) {
  return (
    <PanelPart className="miaw-bar">
      <p>
        {title && <strong>{title}</strong>} <Changing text={text} />
      </p>
      <button
        type="button"
        className="miaw-button"
        data-kind="primary"
        data-focus=""
        onClick={onAct}
      >
        <Changing text={action} />
      </button>
      {needsFallback && <FallbackContacts />}
    </PanelPart>
  )
}

type Props = {
  composer: ComposerState
  /** The visitor can see the messages. */
  isWatched: boolean
  /** The visitor asked to end the conversation. */
  isEnding: boolean
  onKeep(): void
  /** Returns to a form that was put off. */
  onAnswer(): void
}

/** Shows the messages, and below them the next possible actions. */
export function Conversation({ composer, isWatched, isEnding, onKeep, onAnswer }: Props) {
  const { chat, texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { conversationId, prechat } = snapshot
  const outcome = outcomeOf(snapshot, texts, language)
  const bar = outcome ?? troubleOf(snapshot, texts)
  const isAsking = !outcome && isEnding
  return (
    <>
      <MessageList key={conversationId ?? ''} isWatched={isWatched} />
      {isAsking && <EndConfirmation onKeep={onKeep} />}
      {bar && <OutcomeBar {...bar} onAct={() => chat.start()} />}
      {prechat && !outcome && (
        <OutcomeBar text={texts.questions} action={texts.answerQuestions} onAct={onAnswer} />
      )}
      {!outcome && <Composer composer={composer} isHidden={isAsking} />}
    </>
  )
}
