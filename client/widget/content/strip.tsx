import { type ReactNode, useId } from 'react'
import { useWidget } from '../context.js'
import { NextIcon, PreviousIcon } from '../icons.js'
import { useStrip } from './use-strip.js'

type ArrowProps = { label: string; isAtEnd: boolean; onClick(): void; children: ReactNode }

/** Stays a button at the end of its way, so that it keeps the focus. */
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

/** Cards side by side that scroll by touch, by keys, and by a button at each end. */
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
