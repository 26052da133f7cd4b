import { isFromOthers } from '../../core/timeline.js'
import { useWidget } from '../context.js'
import { Icon } from '../icons.js'
import { formatCount } from '../texts/format.js'

type Props = { /** The last message that was seen. */ seenId: string | undefined; onJump(): void }

/** The way to the end of the list, and how many new messages are there. */
export function JumpButton({ seenId, onJump }: Props) {
  const { snapshot, texts, language } = useWidget()
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
      {fresh > 0 && formatCount(texts.countNew, fresh, language)}
      <Icon name="arrow" />
    </button>
  )
}
