import { nameOf } from '../content/name.js'
import { useWidget } from '../context.js'
import { formatText } from '../texts/format.js'
import { Avatar } from './avatar.js'
import { useAnswering } from './use-answering.js'

/** Three dots, while an answer is to be expected. */
export function Answering() {
  const { texts } = useWidget()
  const partner = useAnswering()
  if (!partner) return null
  return (
    <li className="miaw-message" data-side="other" data-kind="answering">
      <Avatar sender={partner} />
      <p className="miaw-dots">
        <span className="miaw-visually-hidden">
          {formatText(texts.answering, { name: nameOf(partner, texts) })}
        </span>
        <i />
        <i />
        <i />
      </p>
    </li>
  )
}
