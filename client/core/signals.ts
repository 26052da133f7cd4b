/** Typing and receipts: courtesies. One that fails is not missed. */
import { type State, unreadMessages } from './state.js'

const repeatMs = 5000
const maxReceipts = 25

export function createSignals(
  state: State,
  sendSignal: (signal: object) => void,
  onRead: (upTo: string) => void,
) {
  let timer: ReturnType<typeof setTimeout> | undefined
  /** When the other side was told last that somebody types; 0 when it was told the end. */
  let sentAt = 0

  /** Told at once and then every few seconds while it goes on; over when nothing comes for as long. */
  function typing(isTyping = true): void {
    const now = Date.now()
    clearTimeout(timer)
    if (isTyping) timer = setTimeout(typing, repeatMs, false)
    if (isTyping ? now - sentAt < repeatMs : !sentAt) return
    sentAt = isTyping ? now : 0
    sendSignal({ messageType: 'TypingIndicator', typing: isTyping })
  }

  return {
    typing,
    markRead(): void {
      const unread = unreadMessages(state.getSnapshot())
      const last = unread.at(-1)
      if (!last) return
      state.set({ readUpTo: last.timestamp })
      onRead(last.timestamp)
      const ids = unread.map(({ id }) => id)
      while (ids[0])
        sendSignal({ messageType: 'ReadReceipt', messageIds: ids.splice(0, maxReceipts) })
    },
  }
}
