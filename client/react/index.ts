'use client'
/**
 * Exports the chat for React 18 and 19: `useChat` for a UI of your own, `ChatWidget` for a complete
 * one. Frameworks with server components refuse `export *` behind the directive.
 */
export type * from '../core/index.js'
export { browser, ChatProblem, createChat } from '../core/index.js'
export { ChatWidget } from '../widget/chat-widget.js'
export type { ChatWidgetProps, Fallback } from '../widget/props.js'
export type { Texts } from '../widget/texts/en.js'
export { type UseChat, useChat } from '../widget/use-chat.js'
