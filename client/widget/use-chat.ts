import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type Chat, type ChatOptions, createChat } from '../core/index.js'
import { tabs } from '../core/tabs.js'

/** The chat's snapshot and methods, and the chat itself. */
export type UseChat = ReturnType<typeof useChat>

/**
 * Returns a chat that exists already, or makes one of its options (they count at the first
 * rendering), which lives as long as the component does. Such a chat continues the browser's
 * conversation, and opens one by `start` or the first `send`.
 */
export function useOwnChat(source: Chat | ChatOptions): Chat {
  const isMade = 'getSnapshot' in source
  const [own] = useState(() => (isMade ? undefined : createChat({ tabs, ...source })))
  useEffect(() => {
    void own?.resume()
    return own?.close
  }, [own])
  return isMade ? source : (own as Chat)
}

/** Connects a component to a visitor's chat: one that exists, or one of its own (`useOwnChat`). */
export function useChat(source: Chat | ChatOptions) {
  const chat = useOwnChat(source)
  const snapshot = useSyncExternalStore(chat.subscribe, chat.getSnapshot, chat.getSnapshot)
  return useMemo(() => ({ ...chat, ...snapshot, chat, snapshot }), [chat, snapshot])
}
