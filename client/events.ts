import type { ChatMessage, Snapshot } from './snapshot.js'
import { unreadIn } from './timeline.js'

/** What `on` can be told of. */
export type ChatEvents = {
  /** Somebody else said something new; not for what was said before the page was opened. */
  message: ChatMessage
  /** An own message was sent, delivered, or failed. */
  delivery: ChatMessage
  /** The connection, or the problem it has, is another one. */
  connection: Snapshot
  /** A conversation is open, a new one or one come back to. */
  started: { conversationId: string; resumed: boolean }
}

type Listener = (detail: never) => void

/** A listener's mistake is the page's to see, and nothing else's to suffer. */
function safely(work: () => void): void {
  try {
    work()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Listeners by name; `on` returns what removes its listener. */
export function createEmitter<Events extends object>() {
  const listeners = new Map<keyof Events, Set<Listener>>()
  return {
    on<K extends keyof Events>(type: K, listener: (detail: Events[K]) => void): () => void {
      const set = listeners.get(type) ?? new Set()
      const own: Listener = (detail) => listener(detail)
      listeners.set(type, set.add(own))
      return () => void set.delete(own)
    },
    emit<K extends keyof Events>(type: K, detail: Events[K]): void {
      for (const listener of listeners.get(type) ?? []) safely(() => listener(detail as never))
    },
  }
}

type Watched = ChatEvents & { change: undefined }

export type State = ReturnType<typeof createState>

/** The snapshot, and those who listen to it. */
export function createState(initial: Snapshot) {
  const { on, emit } = createEmitter<Watched>()
  let snapshot = initial

  return {
    on,
    emit,
    getSnapshot: () => snapshot,
    /** Sets what is different; tells nobody when nothing is. */
    set(changes: Partial<Snapshot>): void {
      const before = snapshot
      const names = Object.keys(changes) as (keyof Snapshot)[]
      if (names.every((name) => before[name] === changes[name])) return
      const next = { ...before, ...changes }
      snapshot = Object.freeze({ ...next, unread: unreadIn(next).length })
      if (next.connection !== before.connection || next.problem !== before.problem) {
        emit('connection', snapshot)
      }
      emit('change', undefined)
    },
  }
}
