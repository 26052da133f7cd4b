import type { ReactNode } from 'react'
import type { Told } from './control.js'

type Props = Told & { label: ReactNode; children: ReactNode }

/** Boxes to tick, as many as one likes; the group has the label, the boxes what is wrong. */
export function Ticks({ spec, attributes, label, children }: Props) {
  const { options = [], given = [] } = spec
  const { id, name, 'aria-describedby': describedBy, 'aria-invalid': isInvalid } = attributes
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div
      className="miaw-question"
      data-type="multiselect"
      role="group"
      aria-labelledby={id}
      aria-describedby={describedBy}
    >
      <span className="miaw-label" id={id}>
        {label}
      </span>
      {options.map(({ itemId, title }) => (
        <label className="miaw-check" key={itemId}>
          <input
            type="checkbox"
            className="miaw-tick"
            name={name}
            value={itemId}
            defaultChecked={given.includes(itemId)}
            aria-invalid={isInvalid}
            aria-describedby={isInvalid ? describedBy : undefined}
          />
          <span dir="auto">{title}</span>
        </label>
      ))}
      {children}
    </div>
  )
}
