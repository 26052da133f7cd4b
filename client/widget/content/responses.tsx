import type { ChoiceResponseMessage, FormResponseMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { Bubble } from './bubble.js'

/** Shows the options that the visitor chose. */
export function ChoiceResponse({ message }: { message: ChoiceResponseMessage }) {
  const { selections, text } = message
  const titles = selections.map(({ itemId, title }) => title || itemId).join(', ')
  return <Bubble text={titles || text} />
}

type Value = NonNullable<FormResponseMessage['values']>[number]

function Filled({ filled: { label, value, title } }: { filled: Value }) {
  const { texts } = useWidget()
  const shown = typeof value === 'boolean' ? (value ? texts.yes : texts.no) : (title ?? value)
  return (
    <div>
      <dt dir="auto">{label}</dt>
      <dd dir="auto">{[shown].flat().join(', ')}</dd>
    </div>
  )
}

/** Shows the values that the visitor filled in, or the text of a result. */
export function FormResponse({ message }: { message: FormResponseMessage }) {
  const { texts } = useWidget()
  const { values, text } = message
  if (!values) return <Bubble text={text} />
  if (values.length === 0) return <Bubble text={texts.formWithoutAnswers} />
  return (
    <dl className="miaw-bubble miaw-filled">
      {values.map((value) => (
        <Filled key={value.inputId} filled={value} />
      ))}
    </dl>
  )
}
