import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react'
import { useWidget } from '../context.js'
import { NextIcon, PreviousIcon } from '../icons.js'

/** Tolerance for browsers that round scroll positions. */
const tolerancePixels = 2

function endsOf({ scrollLeft, scrollWidth, clientWidth }: HTMLElement) {
  // Right-to-left positions are negative.
  const passed = Math.abs(scrollLeft)
  return {
    start: passed <= tolerancePixels,
    end: passed >= scrollWidth - clientWidth - tolerancePixels,
  }
}

/**
 * Returns which ends a strip of cards is scrolled to, and a function that scrolls by one card. Before
 * the first measurement both ends count as reached.
 */
function useStrip() {
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

type ArrowProps = { label: string; isAtEnd: boolean; onClick(): void; children: ReactNode }

/** Shows a scroll button. It is not disabled at the end, so that it keeps the focus. */
function Arrow({ label, isAtEnd, onClick, children }: ArrowProps) {
  return (
    <button
      type="button"
      className="miaw-arrow"
      aria-label={label}
      aria-disabled={isAtEnd}
      onClick={isAtEnd ? undefined : onClick}
    >
      {children}
    </button>
  )
}

/** Shows cards side by side that scroll by touch, by keyboard and by two buttons. */
export function Strip({ title, children }: { title: string | undefined; children: ReactNode }) {
  const { texts } = useWidget()
  const { ref, ends, measure, step } = useStrip()
  const id = useId()
  const name = title ? { 'aria-labelledby': id } : { 'aria-label': texts.cards }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame of its own
    <div className="miaw-carousel" role="group" {...name}>
      <div className="miaw-strip-head">
        <p className="miaw-box-title" id={id} dir="auto">
          {title}
        </p>
        <div className="miaw-arrows" hidden={ends.start && ends.end}>
          <Arrow label={texts.previousCards} isAtEnd={ends.start} onClick={() => step(-1)}>
            <PreviousIcon />
          </Arrow>
          <Arrow label={texts.nextCards} isAtEnd={ends.end} onClick={() => step(1)}>
            <NextIcon />
          </Arrow>
        </div>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <ul className="miaw-strip" ref={ref} onScroll={measure} tabIndex={0} {...name}>
        {children}
      </ul>
    </div>
  )
}
