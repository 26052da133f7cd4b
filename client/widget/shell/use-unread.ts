import { useEffect, useState } from 'react'
import type { Snapshot } from '../../core/index.js'
import { unreadMessages } from '../../core/state.js'
import { isFollowed } from '../content/answers.js'
import { useCurrent, useWidget } from '../context.js'

/** Returns the first message that was not read; none in a conversation in which none was read. */
const firstUnread = (snapshot: Snapshot) =>
  snapshot.readUpTo ? unreadMessages(snapshot)[0]?.id : undefined

/**
 * Returns the first message that was unread when the reader came. It stays until the reader has
 * written on, or has gone and come back.
 */
export function useUnreadFrom(isWatched: boolean): string | undefined {
  const { snapshot } = useCurrent()
  const [from, setFrom] = useState<{ id: string | undefined }>()
  // Set while rendering: the list has to be at the mark before the reader sees its end.
  if (isWatched && !from && snapshot.messages.length > 0) setFrom({ id: firstUnread(snapshot) })
  if (!isWatched && from) setFrom(undefined)
  return from?.id && !isFollowed(snapshot.messages, from.id) ? from.id : undefined
}

/** Marks all as read when the reader has seen the last message. */
export function useReading(seenId: string | undefined): void {
  const { chat } = useWidget()
  const { snapshot } = useCurrent()
  const { unread, messages } = snapshot
  const isRead = unread > 0 && seenId !== undefined && seenId === messages.at(-1)?.id
  useEffect(() => {
    if (isRead) chat.markRead()
  }, [chat, isRead])
}
