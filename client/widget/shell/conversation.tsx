import { useWidget } from '../context.js'
import { Composer } from './composer.js'
import { EndConfirmation } from './end-confirmation.js'
import { MessageList } from './message-list.js'
import { OutcomeBar } from './outcome-bar.js'
import { outcomeOf } from './status.js'
import type { Writing } from './use-writing.js'

type Props = {
  writing: Writing
  /** Somebody looks at the messages. */
  isWatched: boolean
  /** The visitor wants to end it. */
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
