/** Typing and receipts: courtesies. One that fails is not missed. */
import { type State, unreadIn } from './state.js'

const repeatMs = 5000
const mostReceipts = 25

export function createSignals(
  state: State,
  tell: (signal: object) => void,
  onRead: (upTo: string) => void,
) {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When the other side was told last that somebody types; 0 when it was told the end. */
  let toldAt = 0

  /** Told at once and then every few seconds while it goes on; over when nothing comes for as long. */
  function typing(isTyping = true): void {
    const now = Date.now()
    clearTimeout(timer)
    if (isTyping) timer = setTimeout(typing, repeatMs, false)
    if (isTyping ? now - toldAt < repeatMs : !toldAt) return
    toldAt = isTyping ? now : 0
    tell({ messageType: 'TypingIndicator', typing: isTyping })
  }

  return {
    typing,
    markRead(): void {
      const unread = unreadIn(state.getSnapshot())
      const last = unread.at(-1)
      if (!last) return
      state.set({ readUpTo: last.timestamp })
      onRead(last.timestamp)
      const ids = unread.map(({ id }) => id)
      while (ids[0]) tell({ messageType: 'ReadReceipt', messageIds: ids.splice(0, mostReceipts) })
    },
  }
}
