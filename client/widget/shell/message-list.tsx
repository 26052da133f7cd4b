import { memo, useEffect, useMemo, useRef } from 'react'
import { noticeOf } from '../content/notice.js'
import { useCurrent, useWidget } from '../context.js'
import { timeOf } from '../time.js'
import { JumpButton, OlderButton, useOlder } from './list-buttons.js'
import { ListRow, MessageRow } from './list-row.js'
import { withPartial } from './partial.js'
import { rowsOf } from './rows.js'
import { TypingIndicator } from './typing-indicator.js'
import { useFollow } from './use-follow.js'
import { useShown, useSlices } from './use-shown.js'
import { useReading, useUnreadFrom } from './use-unread.js'

function Waiting() {
  return (
    <span className="miaw-loading" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}

type Props = { /** True while the visitor looks at the list. */ isWatched: boolean }

/** Shows the messages, and reveals or loads earlier ones. It is not drawn again while the visitor writes. */
export const MessageList = memo(function MessageList({ isWatched }: Props) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { messages, hasOlder, connection, activity } = snapshot
  const scroller = useRef<HTMLElement>(null)
  const unreadFrom = useUnreadFrom(isWatched)
  const slices = useShown({ messages, unreadFrom })
  const { shown, hasEarlier, reveal } = slices
  const follow = useFollow(scroller, { messages: shown, unreadFrom, isWatched })
  const older = useOlder()
  useReading(follow.seenId)
  const rows = useMemo(
    () =>
      rowsOf(withPartial({ ...snapshot, messages: shown }), {
        noticeOf: (one) => noticeOf(one, texts, language),
        unreadFrom,
      }),
    [snapshot, shown, texts, language, unreadFrom],
  )
  // Browsers take long for the first format: it is made while the messages are awaited.
  useEffect(() => void timeOf(new Date().toISOString(), language), [language])
  const growingId = activity?.partial?.messageId
  const isEmpty = messages.length === 0 && connection === 'connecting'

  /** Draws earlier messages: those that are known, else those of the gateway. */
  async function showEarlier(): Promise<void> {
    if (!hasEarlier) await older.load()
    reveal()
  }

  const lookAbove = useSlices(scroller, {
    ...slices,
    isAtEnd: follow.isAtEnd,
    showEarlier: hasOlder && !older.failure ? showEarlier : undefined,
  })

  function onScroll(): void {
    follow.look()
    lookAbove()
  }

  function jump(): void {
    scroller.current?.focus({ preventScroll: true })
    follow.toEnd()
  }

  return (
    <div className="miaw-log">
      {isEmpty && <Waiting />}
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
          {(hasEarlier || hasOlder) && <OlderButton {...older} onLoad={showEarlier} />}
          <ol className="miaw-list">
            {rows.map((row) =>
              row.kind === 'message' ? (
                <MessageRow
                  key={row.key}
                  message={row.message}
                  opens={row.opens}
                  closes={row.closes}
                  isGrowing={row.key === growingId}
                />
              ) : (
                <ListRow key={row.key} row={row} />
              ),
            )}
            <TypingIndicator />
          </ol>
        </div>
      </section>
      {!follow.isAtEnd && <JumpButton seenId={follow.seenId} onJump={jump} />}
    </div>
  )
})
