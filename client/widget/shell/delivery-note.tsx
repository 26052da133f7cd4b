import type { ChatMessage } from '../../core/index.js'
import { Changing } from '../changing.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { clockOf } from '../time.js'
import { mayRetry, reasonOf } from './reason.js'

function Failed({ message: { id, problem } }: { message: ChatMessage }) {
  const { chat, texts, locked, afterAnswer } = useWidget()
  const reason = problem ? reasonOf(problem, texts) : texts.problems.other

  /** Keeps the focus in the chat while the buttons disappear. */
  function act(verb: 'retry' | 'discard'): void {
    chat[verb](id)
    afterAnswer()
  }

  return (
    <div className="miaw-delivery" data-delivery="failed">
      <p>
        <Changing text={formatText(texts.failed, { reason })} />
      </p>
      <span className="miaw-ways">
        {!locked && mayRetry(problem) && (
          <button type="button" className="miaw-link" onClick={() => act('retry')}>
            {texts.tryAgain}
          </button>
        )}
        <button type="button" className="miaw-link" onClick={() => act('discard')}>
          {texts.discard}
        </button>
      </span>
    </div>
  )
}

/** Shows the progress of an upload. */
function Progress({ part }: { part: number }) {
  const { texts } = useWidget()
  return <progress className="miaw-progress" value={part} max={1} aria-label={texts.progress} />
}

/** Shows the delivery state of an own message. */
export function DeliveryNote({ message }: { message: ChatMessage }) {
  const { texts, language } = useWidget()
  const { delivery, progress, waitsUntil } = message
  if (delivery === 'failed') return <Failed message={message} />
  const text = waitsUntil
    ? formatText(texts.waits, { time: clockOf(waitsUntil, language) })
    : texts.deliveries[delivery]
  return (
    <>
      {delivery === 'sending' && progress !== undefined && <Progress part={progress} />}
      <p className="miaw-delivery" data-delivery={delivery}>
        <Changing text={text} />
      </p>
    </>
  )
}
