import { type RefObject, useEffect } from 'react'

/** Calls back when something outside of an element is pressed, as long as it is watched. */
export function usePressOutside(
  frame: RefObject<HTMLElement | null>,
  isWatched: boolean,
  onPress: () => void,
): void {
  useEffect(() => {
    const node = frame.current
    if (!node || !isWatched) return
    const page = node.ownerDocument
    const listener = (event: Event) => {
      if (!event.composedPath().includes(node)) onPress()
    }
    page.addEventListener('pointerdown', listener)
    return () => page.removeEventListener('pointerdown', listener)
  })
}
