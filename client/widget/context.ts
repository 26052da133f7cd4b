import { createContext, useContext } from 'react'
import type { Chat, ChatMessage, Snapshot } from '../core/index.js'
import type { Fallback } from './props.js'
import type { Texts } from './texts/en.js'

/** Context that every part of the widget reads. */
export type Widget = {
  chat: Chat
  snapshot: Snapshot
  texts: Texts
  /** For dates, numbers and lists: a BCP 47 tag. */
  language: string
  /** Other ways to reach the page's owner, where the page names some. */
  fallback: Fallback | undefined
  /** The visitor's answer to each message, by that message's id; see `answersIn`. */
  answers: ReadonlyMap<string, ChatMessage>
  /** Nothing can be answered any more: the conversation is over. */
  locked: boolean
  /** Calls after an answer: the control that had the focus is closed now. */
  afterAnswer(): void
}

export const WidgetContext = createContext<Widget | null>(null)

/**
 * Returns the widget around a component.
 * @throws {TypeError} outside of a widget
 */
export function useWidget(): Widget {
  const widget = useContext(WidgetContext)
  if (!widget) throw new TypeError('This component stands in a <ChatWidget/> only.')
  return widget
}
