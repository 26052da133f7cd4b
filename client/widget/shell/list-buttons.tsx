import { useState } from 'react'
import { problemFrom } from '../../core/problem.js'
import { isFromOthers } from '../../core/timeline.js'
import { Changing, ErrorLine } from '../changing.js'
import { useCurrent, useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { formatCount } from '../texts/format.js'
import { PanelPart } from './focus.js'
import { reasonOf } from './reason.js'

/** Loads older messages, and returns the state and the error of loading. */
export function useOlder() {
  const { chat, texts } = useWidget()
  const [isLoading, setLoading] = useState(false)
  const [failure, setFailure] = useState('')

  async function load(): Promise<void> {
    if (isLoading) return
    setLoading(true)
    setFailure('')
    await chat.loadOlder().catch((error) => setFailure(reasonOf(problemFrom(error), texts)))
    setLoading(false)
  }

  return { isLoading, failure, load }
}

type OlderButtonProps = { isLoading: boolean; failure: string; onLoad(): void }

/** Shows a button that loads older messages, for visitors who do not scroll. */
export function OlderButton({ isLoading, failure, onLoad }: OlderButtonProps) {
  const { texts } = useWidget()
  return (
    <PanelPart className="miaw-older">
      <button type="button" className="miaw-button" aria-disabled={isLoading} onClick={onLoad}>
        <Changing text={isLoading ? texts.loading : texts.older} />
      </button>
      <ErrorLine text={failure} />
    </PanelPart>
  )
}

type JumpButtonProps = {
  /** The last message that the visitor has seen. */
  seenId: string | undefined
  onJump(): void
}

/** Shows a button that scrolls to the end, with the number of new messages there. */
export function JumpButton({ seenId, onJump }: JumpButtonProps) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { messages, unread } = snapshot
  const seenAt = messages.findIndex(({ id }) => id === seenId)
  const fresh = seenAt < 0 ? unread : messages.slice(seenAt + 1).filter(isFromOthers).length
  return (
    <button
      type="button"
      className="miaw-jump"
      aria-label={fresh ? undefined : texts.toNewest}
      onClick={onJump}
    >
      <Changing text={fresh > 0 ? formatCount(texts.countNew, fresh, language) : ''} />
      <Icon name="arrow" />
    </button>
  )
}
