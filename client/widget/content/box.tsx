import { type ReactNode, useId } from 'react'

type Props = { title: string; className?: string; children: ReactNode }

/** Draws a frame around what belongs together, such as a list of choices. The title names it. */
export function Box({ title, className = '', children }: Props) {
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div className={`miaw-box ${className}`} role="group" aria-labelledby={id}>
      <p className="miaw-box-title" id={id} dir="auto">
        {title}
      </p>
      {children}
    </div>
  )
}
