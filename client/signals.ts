/** Typing and receipts: courtesies. One that fails is not missed. */
import type { State } from './events.js'
import type { Call } from './session.js'
import { unreadIn } from './timeline.js'

type Options = { call: Call; state: State; onRead(upTo: string): void }

const repeatMs = 5000
const mostReceipts = 25

export function createSignals({ call, state, onRead }: Options) {
  let stopTimer: ReturnType<typeof setTimeout> | undefined
  let repeatTimer: ReturnType<typeof setTimeout> | undefined
  let isShown = false

  function tell(signal: object): void {
    const { conversationId } = state.getSnapshot()
    const body = { conversationId, ...signal }
    if (conversationId) call('POST', '/api/send', { body }).catch(() => {})
  }

  function typing(isTyping = true): void {
    clearTimeout(stopTimer)
    if (isTyping) stopTimer = setTimeout(typing, repeatMs, false)
    if (isTyping === isShown && (!isTyping || repeatTimer)) return
    isShown = isTyping
    clearTimeout(repeatTimer)
    repeatTimer = undefined
    if (isTyping) {
      repeatTimer = setTimeout(() => {
        repeatTimer = undefined
      }, repeatMs)
    }
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
      for (let from = 0; from < unread.length; from += mostReceipts) {
        const messageIds = unread.slice(from, from + mostReceipts).map(({ id }) => id)
        tell({ messageType: 'ReadReceipt', messageIds })
      }
    },
  }
}
