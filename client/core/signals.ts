/** Sends typing indicators and read receipts. One that fails is not repeated. */
import { type State, unreadMessages } from './state.js'

const repeatMs = 5000
const maxReceipts = 25

export function createSignals(
  state: State,
  sendSignal: (signal: object) => void,
  onRead: (upTo: string) => void,
) {
  let timer: ReturnType<typeof setTimeout> | undefined
  /**
   * Holds the epoch milliseconds of the last indicator that typing goes on; 0 after one that ended
   * it.
   */
  let sentAt = 0

  /**
   * Sends an indicator at once, then every 5 seconds while the visitor types. Sends the end after 5
   * seconds without a call.
   */
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
    /** Marks all messages as read, and sends receipts for those that were not. */
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
