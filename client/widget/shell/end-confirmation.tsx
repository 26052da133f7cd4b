import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { problemFrom } from '../../core/problem.js'
import { ErrorLine } from '../changing.js'
import { useWidget } from '../context.js'
import { PanelPart } from './focus.js'
import { reasonOf } from './reason.js'

/** Asks once more before a chat is ended; stays until it is. */
export function EndConfirmation({ onKeep }: { onKeep(): void }) {
  const { chat, texts } = useWidget()
  const [isEnding, setEnding] = useState(false)
  const [failure, setFailure] = useState('')
  const keep = useRef<HTMLButtonElement>(null)
  const question = useId()
  useEffect(() => keep.current?.focus(), [])

  async function end(): Promise<void> {
    setEnding(true)
    setFailure('')
    try {
      await chat.end()
    } catch (error) {
      setFailure(reasonOf(problemFrom(error), texts))
      setEnding(false)
    }
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.preventDefault()
    onKeep()
  }

  return (
    <PanelPart className="miaw-confirmation">
      <fieldset className="miaw-bar" aria-labelledby={question} onKeyDown={onKeyDown}>
        <p id={question}>{texts.endQuestion}</p>
        <button ref={keep} type="button" className="miaw-button" onClick={onKeep}>
          {texts.keep}
        </button>
        <button
          type="button"
          className="miaw-button"
          data-kind="danger"
          aria-disabled={isEnding}
          onClick={isEnding ? undefined : end}
        >
          {texts.end}
        </button>
        <ErrorLine text={failure} />
      </fieldset>
    </PanelPart>
  )
}
