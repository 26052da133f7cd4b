import { type ReactNode, useRef } from 'react'
import { useFocusHandover } from './focus.js'

type Props = { className: string; children: ReactNode }

/** A part of the panel that comes and goes; the focus in it is not lost with it. */
export function Part({ className, children }: Props) {
  const node = useRef<HTMLDivElement>(null)
  useFocusHandover(node)
  return (
    <div ref={node} className={className}>
      {children}
    </div>
  )
}
