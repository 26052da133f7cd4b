import { useCallback, useEffect, useRef, useState } from 'react'

/** Browsers round, and right-to-left counts below zero. */
const tolerancePixels = 2

function endsOf({ scrollLeft, scrollWidth, clientWidth }: HTMLElement) {
  const passed = Math.abs(scrollLeft)
  return {
    start: passed <= tolerancePixels,
    end: passed >= scrollWidth - clientWidth - tolerancePixels,
  }
}

/**
 * Returns how far a strip of cards is scrolled, and a step of one card. Until it is drawn, nothing
 * is hidden in it.
 */
export function useStrip() {
  const ref = useRef<HTMLUListElement>(null)
  const [ends, setEnds] = useState({ start: true, end: true })

  const measure = useCallback(() => {
    if (!ref.current) return
    const now = endsOf(ref.current)
    setEnds((known) => (known.start === now.start && known.end === now.end ? known : now))
  }, [])

  useEffect(() => {
    const observer = new ResizeObserver(measure)
    if (ref.current) observer.observe(ref.current)
    return () => observer.disconnect()
  }, [measure])

  function step(cards: 1 | -1): void {
    const strip = ref.current
    const [first, second] = strip?.children ?? []
    if (!strip || !first || !second) return
    const ahead = second.getBoundingClientRect().left - first.getBoundingClientRect().left
    strip.scrollBy({ left: ahead * cards })
  }

  return { ref, ends, measure, step }
}
