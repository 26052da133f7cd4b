import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { type Chat, type ChatOptions, createChat } from '../core/index.js'
import { tabs } from '../core/tabs.js'

/** The chat's snapshot and methods, and the chat itself. */
export type UseChat = ReturnType<typeof useChat>

/**
 * Connects a component to a visitor's chat. Takes a chat that exists already, or the options of one
 * that lives as long as the component does (they count at the first rendering). Such a chat
 * continues the browser's conversation, and opens one by `start` or the first `send`.
 */
export function useChat(source: Chat | ChatOptions) {
  const isMade = 'getSnapshot' in source
  const [own] = useState(() => (isMade ? undefined : createChat({ tabs, ...source })))
  const chat = isMade ? source : (own as Chat)
  const snapshot = useSyncExternalStore(chat.subscribe, chat.getSnapshot, chat.getSnapshot)

  const isMounted = useRef(false)

  useEffect(() => {
    isMounted.current = true
    // By the time it has read its store, the component may be gone again.
    void own?.resume().then(() => isMounted.current || own.close())
    return () => {
      isMounted.current = false
      own?.close()
    }
  }, [own])

  return useMemo(() => ({ ...chat, ...snapshot, chat, snapshot }), [chat, snapshot])
}
