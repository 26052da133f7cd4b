import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react'
import type { ChatMessage } from '../../index.js'
import { holdsFocus } from './focus.js'
import { messageNodes, placeIn, scrollToEnd, scrollToRow } from './scrolling.js'
import { useResize } from './use-resize.js'

type Place = {
  /** The reader sees the end of the list. */
  isAtEnd: boolean
  /** The last message that has come into sight. */
  seenId: string | undefined
}

/** A message that stays where it is on the screen when something is put before it. */
type Anchor = { node: HTMLElement; top: number }

/**
 * Keeps a list of messages at its end while the reader is there, and where it is while not; also
 * when older messages are put before. Own ones are always gone to.
 */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  messages: readonly ChatMessage[],
  unreadFrom: string | undefined,
) {
  const [place, setPlace] = useState<Place>({ isAtEnd: true, seenId: undefined })
  const isPinned = useRef(true)
  const anchor = useRef<Anchor | undefined>(undefined)
  const known = useRef<readonly ChatMessage[]>([])

  const look = useCallback(() => {
    const node = scroller.current
    if (!node) return
    const { isAtEnd, seesLast } = placeIn(node)
    const [first] = messageNodes(node)
    isPinned.current = isAtEnd
    anchor.current = first && { node: first, top: first.getBoundingClientRect().top }
    setPlace((before) => {
      const seenId = seesLast ? known.current.at(-1)?.id : before.seenId
      const isSame = before.isAtEnd === isAtEnd && before.seenId === seenId
      return isSame ? before : { isAtEnd, seenId }
    })
  }, [scroller])

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
    const held = anchor.current
    if (isPinned.current || (isOwn && isNew)) scrollToEnd(node)
    else if (held?.node.isConnected && messages[0]?.id !== before[0]?.id)
      node.scrollTop += held.node.getBoundingClientRect().top - held.top
    look()
  }, [scroller, messages, look])

  useLayoutEffect(() => {
    if (unreadFrom && scroller.current) scrollToRow(scroller.current, '[data-kind="unread"]')
    look()
  }, [scroller, unreadFrom, look])

  useResize(scroller, (node) => {
    if (isPinned.current && !holdsFocus(node)) scrollToEnd(node)
    look()
  })

  return { ...place, look, toEnd }
}
