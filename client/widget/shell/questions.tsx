import type { Prechat } from '../../core/index.js'
import { PrechatForm } from '../content/prechat-form.js'
import { useWidget } from '../context.js'
import { Part } from './part.js'

type Props = { prechat: Prechat; onCancel(): void }

/** Shows the questions that are asked before the chat goes on. */
export function Questions({ prechat, onCancel }: Props) {
  const { chat, snapshot } = useWidget()
  return (
    <Part className="miaw-questions">
      <PrechatForm
        prechat={prechat}
        problem={snapshot.problem}
        onSubmit={(routingAttributes) => chat.start({ routingAttributes })}
        onCancel={onCancel}
      />
    </Part>
  )
}
