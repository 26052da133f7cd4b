/** Typing and receipts: courtesies. One that fails is not missed. */
import { type State, unreadIn } from './state.js'

type Options = { tell(signal: object): void; state: State; onRead(upTo: string): void }

type Timer = ReturnType<typeof setTimeout>

const repeatMs = 5000
const mostReceipts = 25

export function createSignals({ tell, state, onRead }: Options) {
  let isShown = false
  let quietTimer: Timer | undefined
  let repeatTimer: Timer | undefined

  function tellTyping(typing: boolean): void {
    isShown = typing
    tell({ messageType: 'TypingIndicator', typing })
  }

  function stop(): void {
    clearTimeout(quietTimer)
    clearTimeout(repeatTimer)
    repeatTimer = undefined
    if (isShown) tellTyping(false)
  }

  /** Told at once and then every few seconds while it goes on; over when nothing comes for as long. */
  function typing(isTyping = true): void {
    clearTimeout(quietTimer)
    if (!isTyping) {
      stop()
      return
    }
    quietTimer = setTimeout(stop, repeatMs)
    if (repeatTimer) return
    tellTyping(true)
    repeatTimer = setTimeout(() => {
      repeatTimer = undefined
    }, repeatMs)
  }

  return {
    typing,
    markRead(): void {
      const unread = unreadIn(state.getSnapshot())
      const upTo = unread.at(-1)?.timestamp
      if (!upTo) return
      state.set({ readUpTo: upTo })
      onRead(upTo)
      for (let from = 0; from < unread.length; from += mostReceipts) {
        const messageIds = unread.slice(from, from + mostReceipts).map(({ id }) => id)
        tell({ messageType: 'ReadReceipt', messageIds })
      }
    },
  }
}
