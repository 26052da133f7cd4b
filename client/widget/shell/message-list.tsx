import { useMemo, useRef } from 'react'
import { isFromOthers } from '../../timeline.js'
import { noticeOf } from '../content/notice.js'
import { useWidget } from '../context.js'
import { counted } from '../texts/counted.js'
import { Answering } from './answering.js'
import { Icon } from './icons.js'
import { ListRow } from './list-row.js'
import { OlderButton } from './older-button.js'
import { rowsOf } from './rows.js'
import { useFollow } from './use-follow.js'
import { useOlder } from './use-older.js'
import { useReading, useUnreadFrom } from './use-unread.js'

const nearTop = 48

/** Everything said, and the way to what was said before. `isWatched`: somebody is looking at it. */
export function MessageList({ isWatched }: { isWatched: boolean }) {
  const { snapshot, texts, language } = useWidget()
  const { messages, hasOlder, connection } = snapshot
  const scroller = useRef<HTMLElement>(null)
  const unreadFrom = useUnreadFrom(isWatched)
  const { isAtEnd, seenId, look, toEnd } = useFollow(scroller, messages, unreadFrom)
  const older = useOlder()
  useReading(isWatched, seenId)
  const rows = useMemo(
    () => rowsOf(messages, { noticeOf: (one) => noticeOf(one, texts, language), unreadFrom }),
    [messages, texts, language, unreadFrom],
  )
  const seenAt = messages.findIndex(({ id }) => id === seenId)
  const fresh = messages.slice(seenAt + 1).filter(isFromOthers).length

  const isEmpty = messages.length === 0 && connection === 'connecting'

  function onScroll(): void {
    look()
    const isAtTop = (scroller.current?.scrollTop ?? nearTop) < nearTop
    if (isAtTop && hasOlder && !older.trouble) void older.load()
  }

  return (
    <div className="miaw-log">
      {isEmpty && (
        <span className="miaw-loading" aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      )}
      <section
        ref={scroller}
        className="miaw-scroller"
        aria-label={texts.messages}
        aria-busy={older.isLoading || isEmpty}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        <div>
          {hasOlder && <OlderButton {...older} onLoad={older.load} />}
          <ol className="miaw-list">
            {rows.map((row) => (
              <ListRow key={row.key} row={row} />
            ))}
            <Answering />
          </ol>
        </div>
      </section>
      {!isAtEnd && (
        <button
          type="button"
          className="miaw-jump"
          aria-label={fresh ? undefined : texts.toNewest}
          onClick={toEnd}
        >
          {fresh > 0 && counted(texts.countNew, fresh, language)}
          <Icon name="arrow" />
        </button>
      )}
    </div>
  )
}
