import { useWidget } from '../context.js'
import { formatCount } from '../texts/format.js'
import { measure } from './draft.js'

/** Shows the number of characters left, once it is small. */
export function Counter({ id, draft }: { id: string; draft: string }) {
  const { texts, language } = useWidget()
  const { left, isCounted } = measure(draft)
  const form = left < 0 ? texts.charactersOver : texts.charactersLeft
  return (
    <p id={id} className="miaw-counter" role="status" data-over={left < 0}>
      {isCounted && formatCount(form, Math.abs(left), language)}
    </p>
  )
}
