import type { Prechat, StartWish } from '../../index.js'
import { PrechatForm } from '../content/prechat-form.js'
import { useWidget } from '../context.js'
import { Part } from './part.js'

type Props = { prechat: Prechat; wish: StartWish | undefined; onCancel(): void }

/** What is asked before it goes on; the answers join what the page wishes. */
export function Questions({ prechat, wish, onCancel }: Props) {
  const { chat, snapshot } = useWidget()
  const { problem } = snapshot

  function answer(routingAttributes: Record<string, string>): void {
    const given = { ...wish?.routingAttributes, ...routingAttributes }
    chat.start({ ...wish, routingAttributes: given })
  }

  return (
    <Part className="miaw-questions">
      <PrechatForm
        prechat={prechat}
        problem={problem?.code === 'prechat_required' ? null : problem}
        onSubmit={answer}
        onCancel={onCancel}
      />
    </Part>
  )
}
