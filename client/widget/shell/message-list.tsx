import { memo, useMemo, useRef } from 'react'
import { noticeOf } from '../content/notice.js'
import { useCurrent, useWidget } from '../context.js'
import { focusedIn } from './focus.js'
import { JumpButton, OlderButton, useOlder } from './list-buttons.js'
import { ListRow, MessageRow } from './list-row.js'
import { withPartial } from './partial.js'
import { rowsOf } from './rows.js'
import { TypingIndicator } from './typing-indicator.js'
import { useFollow } from './use-follow.js'
import { useReading, useUnreadFrom } from './use-unread.js'

const nearTop = 48

function Waiting() {
  return (
    <span className="miaw-loading" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  )
}

/** Records that the keyboard moved to a button, and that the list was scrolled to show it. */
const isByKeys = (node: HTMLElement) => !!focusedIn(node)?.matches(':focus-visible')

type Props = { /** True while the visitor looks at the list. */ isWatched: boolean }

/** Shows the messages, and loads older ones. It is not drawn again while the visitor writes. */
export const MessageList = memo(function MessageList({ isWatched }: Props) {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { messages, hasOlder, connection, activity } = snapshot
  const shown = useMemo(() => withPartial(snapshot), [snapshot])
  const scroller = useRef<HTMLElement>(null)
  const unreadFrom = useUnreadFrom(isWatched)
  const follow = useFollow(scroller, { messages, unreadFrom, isWatched })
  const older = useOlder()
  useReading(follow.seenId)
  const rows = useMemo(
    () => rowsOf(shown, { noticeOf: (one) => noticeOf(one, texts, language), unreadFrom }),
    [shown, texts, language, unreadFrom],
  )
  const growingId = activity?.partial?.messageId
  const isEmpty = messages.length === 0 && connection === 'connecting'

  function onScroll(): void {
    follow.look()
    const node = scroller.current
    if (!node || node.scrollTop >= nearTop || isByKeys(node)) return
    if (hasOlder && !older.failure) void older.load()
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
          {hasOlder && <OlderButton {...older} onLoad={older.load} />}
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
