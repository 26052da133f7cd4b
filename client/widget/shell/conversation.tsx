import { useWidget } from '../context.js'
import { Composer } from './composer.js'
import { EndConfirmation } from './end-confirmation.js'
import { PanelPart } from './focus.js'
import { MessageList } from './message-list.js'
import { outcomeOf } from './status.js'
import type { Writing } from './use-writing.js'

type OutcomeBarProps = { text: string; action: string; onAct(): void }

/** Replaces the composer while nothing can be sent. */
function OutcomeBar({ text, action, onAct }: OutcomeBarProps) {
  return (
    <PanelPart className="miaw-bar">
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
    </PanelPart>
  )
}

type Props = {
  writing: Writing
  /** The visitor can see the messages. */
  isWatched: boolean
  /** The visitor asked to end the conversation. */
  isEnding: boolean
  onKeep(): void
  /** Returns to a form that was put off. */
  onAnswer(): void
}

/** Shows the messages, and below them the next possible actions. */
export function Conversation({ writing, isWatched, isEnding, onKeep, onAnswer }: Props) {
  const { chat, snapshot, texts } = useWidget()
  const { conversationId, prechat } = snapshot
  const outcome = outcomeOf(snapshot, texts)
  const isAsking = !outcome && isEnding
  return (
    <>
      <MessageList key={conversationId ?? ''} isWatched={isWatched} />
      {isAsking && <EndConfirmation onKeep={onKeep} />}
      {outcome && <OutcomeBar {...outcome} onAct={() => chat.start()} />}
      {prechat && !outcome && (
        <OutcomeBar text={texts.questions} action={texts.answerQuestions} onAct={onAnswer} />
      )}
      {!outcome && <Composer writing={writing} isHidden={isAsking} />}
    </>
  )
}
