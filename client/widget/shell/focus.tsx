import { type ReactNode, type RefObject, useRef } from 'react'
import { useLayoutEffect } from '../layout-effect.js'
import { hasKeyboard } from './page.js'

/** Returns the focused element of the tree that a node is in, shadow roots included. */
export function focusedAround(node: HTMLElement): Element | null {
  const root = node.getRootNode()
  const isRoot = root instanceof Document || root instanceof ShadowRoot
  return isRoot ? root.activeElement : null
}

/** Tells whether an element, or something in it, has the focus. */
export function holdsFocus(node: HTMLElement): boolean {
  return node.contains(focusedAround(node))
}

/** Returns the focused element within an element, if it is not the element itself. */
export function focusedIn(node: HTMLElement): Element | null {
  const focused = focusedAround(node)
  return focused !== node && node.contains(focused) ? focused : null
}

const targets = '[data-focus], .miaw-questions :is(input, select, textarea)'

/** Focuses a panel's next control, or the panel if that would open an on-screen keyboard. */
export function focusIn(panel: HTMLElement): void {
  const found = [...panel.querySelectorAll<HTMLElement>(targets)]
  const target = found.find((node) => !node.closest('[hidden]'))
  const isFit = hasKeyboard() || target instanceof HTMLButtonElement
  const chosen = isFit ? target : undefined
  ;(chosen ?? panel).focus({ preventScroll: true })
}

/** Moves the focus to the surrounding panel when a part that holds it unmounts. */
export function useFocusHandover(part: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const node = part.current
    const panel = node?.closest<HTMLElement>('.miaw-panel')
    return () => {
      if (!node || !panel || !holdsFocus(node)) return
      queueMicrotask(() => {
        if (panel.isConnected && !holdsFocus(panel)) focusIn(panel)
      })
    }
  }, [part])
}

type PanelPartProps = { className: string; children: ReactNode }

/** Shows a part of the panel that comes and goes. Its focus moves to the panel when it goes. */
export function PanelPart({ className, children }: PanelPartProps) {
  const node = useRef<HTMLDivElement>(null)
  useFocusHandover(node)
  return (
    <div ref={node} className={className}>
      {children}
    </div>
  )
}
