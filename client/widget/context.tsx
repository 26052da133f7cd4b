import { createContext, type ReactNode, useContext, useMemo } from 'react'
import type { Chat, ChatMessage, Snapshot } from '../core/index.js'
import { answersIn } from './content/answers.js'
import type { Fallback } from './props.js'
import type { Texts } from './texts/en.js'

/** Holds what every part of the widget reads. It seldom changes, so that a long list stays as it is. */
export type Widget = {
  chat: Chat
  texts: Texts
  /** For dates, numbers and lists: a BCP 47 tag. */
  language: string
  /** Other ways to reach the page's owner, where the page names some. */
  fallback: Fallback | undefined
  /** Nothing can be answered any more: the conversation is over. */
  locked: boolean
  /** Calls after an answer: the control that had the focus is closed now. */
  afterAnswer(): void
}

/** Holds what changes with every poll. */
type Current = {
  snapshot: Snapshot
  /** The visitor's answer to each message, by that message's id; see `answersIn`. */
  answers: ReadonlyMap<string, ChatMessage>
}

const WidgetContext = createContext<Widget | null>(null)
const CurrentContext = createContext<Current | null>(null)

type Props = Widget & { snapshot: Snapshot; children: ReactNode }

/** Surrounds the parts of a widget. */
export function WidgetProvider({ snapshot, children, ...widget }: Props) {
  const { messages } = snapshot
  // biome-ignore lint/correctness/useExhaustiveDependencies: its members are always the same ones
  const kept = useMemo(() => widget, Object.values(widget))
  const answers = useMemo(() => answersIn(messages), [messages])
  const current = useMemo(() => ({ snapshot, answers }), [snapshot, answers])
  return (
    <WidgetContext.Provider value={kept}>
      <CurrentContext.Provider value={current}>{children}</CurrentContext.Provider>
    </WidgetContext.Provider>
  )
}

function present<T>(value: T | null): T {
  if (!value) throw new TypeError('This component stands in a <ChatWidget/> only.')
  return value
}

/**
 * Returns the widget around a component.
 * @throws {TypeError} outside of a widget
 */
export const useWidget = (): Widget => present(useContext(WidgetContext))

/**
 * Returns the snapshot, and the visitor's answers in it. A component that calls it is drawn again
 * after every change: in a row of the list, only where the row depends on other messages.
 * @throws {TypeError} outside of a widget
 */
export const useCurrent = (): Current => present(useContext(CurrentContext))
