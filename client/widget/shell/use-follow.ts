import { type RefObject, useCallback, useRef, useState } from 'react'
import type { ChatMessage } from '../../core/index.js'
import { useLayoutEffect } from '../layout-effect.js'
import { focusedIn } from './focus.js'
import { firstMessage, heightTo, placeIn, scrollToEnd, scrollToRow } from './scrolling.js'

/** Calls back when an element or one of its children changes its size. */
function useResize(
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

type Place = {
  /** The reader sees the end of the list. */
  isAtEnd: boolean
  /** The last message that the visitor has seen. */
  seenId: string | undefined
}

/**
 * Message whose end keeps its position on the screen when older ones are inserted before it: it may
 * lose the sender's name.
 */
type Anchor = { node: HTMLElement; height: number }

type Options = {
  messages: readonly ChatMessage[]
  /** The message above which the unread ones begin. */
  unreadFrom: string | undefined
  /** The visitor can see the list. */
  isWatched: boolean
}

const isTypedIn = (node: HTMLElement) => !!focusedIn(node)?.matches('input, select, textarea')

/**
 * Keeps a list of messages scrolled to its end while the reader is there. Otherwise, or while a form
 * in it is filled in, its position stays, also when older messages are inserted before. The visitor's
 * own new message always scrolls to the end.
 */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  { messages, unreadFrom, isWatched }: Options,
) {
  const [place, setPlace] = useState<Place>({ isAtEnd: true, seenId: undefined })
  const isPinned = useRef(true)
  const anchor = useRef<Anchor>(null)
  const known = useRef<readonly ChatMessage[]>([])

  /** Records the scroll position and the last message seen. */
  const look = useCallback(() => {
    const node = scroller.current
    if (!node) return
    const { isAtEnd, seesLast } = placeIn(node)
    const first = firstMessage(node)
    isPinned.current = isAtEnd
    anchor.current = first && { node: first, height: heightTo(first, node) }
    setPlace((before) => {
      const seenId = isWatched && seesLast ? known.current.at(-1)?.id : before.seenId
      const isSame = before.isAtEnd === isAtEnd && before.seenId === seenId
      return isSame ? before : { isAtEnd, seenId }
    })
  }, [scroller, isWatched])

  const toEnd = useCallback(() => {
    if (scroller.current) scrollToEnd(scroller.current)
    look()
  }, [scroller, look])

  useLayoutEffect(() => {
    const node = scroller.current
    const before = known.current
    const last = messages.at(-1)
    known.current = messages
    if (!node) return
    const isOwn = last?.sender.role === 'EndUser' && last.delivery === 'sending'
    const isNew = last?.id !== before.at(-1)?.id
    const kept = anchor.current
    if ((isPinned.current && !isTypedIn(node)) || (isOwn && isNew)) scrollToEnd(node)
    else if (kept?.node.isConnected && messages[0]?.id !== before[0]?.id)
      node.scrollTop += heightTo(kept.node, node) - kept.height
  }, [scroller, messages])

  useLayoutEffect(() => {
    const node = scroller.current
    if (!node || !unreadFrom) return
    if (isPinned.current) scrollToEnd(node)
    scrollToRow(node, '[data-kind="unread"]')
  }, [scroller, unreadFrom])

  // biome-ignore lint/correctness/useExhaustiveDependencies: after each scrolling above
  useLayoutEffect(look, [look, messages, unreadFrom])

  useResize(scroller, (node) => {
    if (isPinned.current && !focusedIn(node)) scrollToEnd(node)
    look()
  })

  return { ...place, look, toEnd }
}
