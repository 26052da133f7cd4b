import type { ReactNode } from 'react'
import { DoneIcon } from '../icons.js'
import type { Choice, Option } from './use-answer.js'

type Props = {
  choice: Choice
  option: Option
  className: string
  /** Accessible name, where the visible content is not enough. */
  label?: string
  children: ReactNode
}

/**
 * Shows a button that chooses. After a choice it is disabled, and pressed if it was the chosen one.
 */
export function OptionButton({ choice, option, className, label, children }: Props) {
  const { isOpen, chosen, choose } = choice
  const isChosen = chosen.includes(option.itemId)
  return (
    <button
      type="button"
      className={className}
      disabled={!isOpen}
      aria-pressed={isChosen || undefined}
      aria-label={label}
      onClick={() => choose(option)}
    >
      {children}
      {isChosen && <DoneIcon />}
    </button>
  )
}
