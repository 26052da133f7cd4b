import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
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

  useEffect(() => {
    void own?.resume()
    return own?.close
  }, [own])

  return useMemo(() => ({ ...chat, ...snapshot, chat, snapshot }), [chat, snapshot])
}
