import { type ChatMessage, type Connection, emptySnapshot, type Snapshot } from './snapshot.js'
import { isFromOthers } from './timeline.js'

/** Lists the events that `on` subscribes to, with the detail that each listener gets. */
export type ChatEvents = {
  /** Fires when anything in the snapshot changes. */
  change: Snapshot
  /** Fires for each new message of others; not for those from before the page was opened. */
  message: ChatMessage
  /** Fires when a message of the visitor is being sent, is sent, delivered, or has failed. */
  delivery: ChatMessage
}

export type State = ReturnType<typeof createState>

/** Returns the messages of others after the one that was read last. */
export function unreadMessages({ messages, readUpTo }: Snapshot): ChatMessage[] {
  return messages.filter((message) => isFromOthers(message) && message.timestamp > readUpTo)
}

/** Lists the connections of a conversation that goes on. */
export const activeConnections: readonly Connection[] = [
  'connecting',
  'retrying',
  'online',
  'offline',
]

/** Tells whether the visitor is in a conversation that goes on. */
export function isActive(snapshot: Snapshot): snapshot is Snapshot & { conversationId: string } {
  return !!snapshot.conversationId && activeConnections.includes(snapshot.connection)
}

/**
 * Creates the snapshot and its listeners. An error that a listener throws is rethrown to the page,
 * and stops nothing.
 */
export function createState() {
  const listeners = new Set<readonly [type: string, listener: (detail: never) => void]>()
  let snapshot = emptySnapshot

  function emit<K extends keyof ChatEvents>(type: K, detail: ChatEvents[K]): void {
    for (const [subscribedType, listener] of listeners) {
      try {
        if (subscribedType === type) listener(detail as never)
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
    /** Changes members of the snapshot. Emits `change` only if one is different. */
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
