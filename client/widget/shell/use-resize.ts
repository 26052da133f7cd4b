import { type RefObject, useLayoutEffect, useRef } from 'react'

/** Calls back when an element, or what is in it, has another size. */
export function useResize(
  element: RefObject<HTMLElement | null>,
  onResize: (node: HTMLElement) => void,
): void {
  const latest = useRef(onResize)
  useLayoutEffect(() => {
    latest.current = onResize
  })
  useLayoutEffect(() => {
    const node = element.current
    if (!node) return
    const observer = new ResizeObserver(() => latest.current(node))
    for (const each of [node, ...node.children]) observer.observe(each)
    return () => observer.disconnect()
  }, [element])
}
