import { useWidget } from '../context.js'
import { counted } from '../texts/counted.js'
import { measure } from './draft.js'

/** How much more can be written, once it is not much. */
export function Counter({ id, draft }: { id: string; draft: string }) {
  const { texts, language } = useWidget()
  const { left, isCounted } = measure(draft)
  const form = left < 0 ? texts.charactersOver : texts.charactersLeft
  return (
    <p id={id} className="miaw-counter" role="status" data-over={left < 0}>
      {isCounted && counted(form, Math.abs(left), language)}
    </p>
  )
}
