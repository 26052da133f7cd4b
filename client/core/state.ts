import { type ChatMessage, type Connection, emptySnapshot, type Snapshot } from './snapshot.js'
import { isFromOthers } from './timeline.js'

/** The events that `on` subscribes to, with what each listener gets. */
export type ChatEvents = {
  /** Anything in the snapshot. */
  change: Snapshot
  /** Somebody else said something new; not for what was said before the page was opened. */
  message: ChatMessage
  /** An own message was sent, delivered, or failed. */
  delivery: ChatMessage
}

export type State = ReturnType<typeof createState>

/** Messages of others after the one that was read last. */
export function unreadMessages({ messages, readUpTo }: Snapshot): ChatMessage[] {
  return messages.filter((message) => isFromOthers(message) && message.timestamp > readUpTo)
}

/** Connections of a conversation that goes on. */
export const activeConnections: readonly Connection[] = [
  'connecting',
  'retrying',
  'online',
  'offline',
]

/** Tells that the visitor is in a conversation that goes on. */
export function isActive(snapshot: Snapshot): snapshot is Snapshot & { conversationId: string } {
  return !!snapshot.conversationId && activeConnections.includes(snapshot.connection)
}

/** The snapshot, and those who listen. A listener's mistake is the page's to see, and stops nothing. */
export function createState() {
  const listeners = new Set<readonly [type: string, listener: (detail: never) => void]>()
  let snapshot = emptySnapshot

  function emit<K extends keyof ChatEvents>(type: K, detail: ChatEvents[K]): void {
    for (const [wanted, listener] of listeners) {
      try {
        if (wanted === type) listener(detail as never)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  return {
    emit,
    getSnapshot: () => snapshot,
    on<K extends keyof ChatEvents>(type: K, listener: (detail: ChatEvents[K]) => void): () => void {
      const entry = [type, listener] as const
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    /** Sets what is different; tells nobody when nothing is. */
    set(changes: Partial<Snapshot>): void {
      const before = snapshot
      const names = Object.keys(changes) as (keyof Snapshot)[]
      if (names.every((name) => before[name] === changes[name])) return
      const next = { ...before, ...changes }
      snapshot = Object.freeze({ ...next, unread: unreadMessages(next).length })
      emit('change', snapshot)
    },
  }
}
