import { type RefObject, useEffect, useMemo, useState } from 'react'
import type { ChatMessage } from '../../core/index.js'
import { useWidget } from '../context.js'
import { focusedIn } from './focus.js'

/** Counts the messages that are drawn in one task: more would take a slow phone too long. */
const sliceSize = 12

/** Counts the messages from which a list is trimmed at its end, and those that are left. */
const [mostDrawn, leastDrawn] = [120, 40]

/** Is the height that is drawn above the visible part, in heights of that part. */
const heightsAbove = 2

/** Is the distance from the top, in pixels, at which earlier messages are loaded. */
const nearTop = 48

/** Tells whether the keyboard moved to a control, and the list was scrolled to show it. */
const isByKeys = (node: HTMLElement) => !!focusedIn(node)?.matches(':focus-visible')

/** Tells whether the reader comes near the top by scrolling: so many pixels. */
function isNearTop(node: HTMLElement, distance: number): boolean {
  return node.clientHeight > 0 && node.scrollTop < distance && !isByKeys(node)
}

const indexOf = (messages: readonly ChatMessage[], id: string | undefined) =>
  messages.findIndex((message) => message.id === id)

/** Returns the index of the first message to draw; the last ones are drawn when it is unknown. */
function startOf(messages: readonly ChatMessage[], firstId: string | undefined): number {
  const found = indexOf(messages, firstId)
  return found < 0 ? Math.max(0, messages.length - sliceSize) : found
}

type Options = {
  messages: readonly ChatMessage[]
  /** The message above which the unread ones begin; it is drawn in any case. */
  unreadFrom: string | undefined
}

/**
 * Returns the messages that are drawn: the last ones at first, so that a long conversation costs no
 * more than a short one. `reveal` draws a slice more.
 */
export function useShown({ messages, unreadFrom }: Options) {
  const { chat } = useWidget()
  const [firstId, setFirstId] = useState<string>()
  const unread = indexOf(messages, unreadFrom)
  const wanted = startOf(messages, firstId)
  const start = unread < 0 ? wanted : Math.min(unread, wanted)
  const first = messages[start]?.id
  // Set while rendering: the first message stays the first one when others follow.
  if (first !== firstId) setFirstId(first)
  const shown = useMemo(() => messages.slice(start), [messages, start])

  return {
    shown,
    hasEarlier: start > 0,
    reveal(): void {
      const known = chat.getSnapshot().messages
      setFirstId((before) => known[Math.max(0, startOf(known, before) - sliceSize)]?.id)
    },
    trim(): void {
      if (shown.length > mostDrawn) setFirstId(shown.at(-leastDrawn)?.id)
    },
  }
}

type Slices = ReturnType<typeof useShown> & {
  isAtEnd: boolean
  /** Draws or loads earlier messages. */
  showEarlier: (() => void) | undefined
}

/**
 * Draws earlier messages in time for the reader, each slice in a task of its own. Draws the last
 * ones alone again when the reader is back at the end. Returns what to call after scrolling.
 */
export function useSlices(
  scroller: RefObject<HTMLElement | null>,
  { shown, hasEarlier, reveal, trim, isAtEnd, showEarlier }: Slices,
): () => void {
  function look(): void {
    const node = scroller.current
    if (!node) return
    if (hasEarlier && isNearTop(node, heightsAbove * node.clientHeight)) reveal()
    else if (!hasEarlier && showEarlier && isNearTop(node, nearTop)) showEarlier()
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: it looks at what was drawn
  useEffect(() => {
    if (hasEarlier) look()
  }, [hasEarlier, shown])

  // biome-ignore lint/correctness/useExhaustiveDependencies: not while more is revealed
  useEffect(() => {
    const node = scroller.current
    if (isAtEnd && node && node.scrollTop > 2 * heightsAbove * node.clientHeight) trim()
  }, [isAtEnd, shown.at(-1)])

  return look
}
