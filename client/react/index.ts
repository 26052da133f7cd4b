/**
 * Exports the chat for React 18 and 19: `useChat` for a UI of your own, `ChatWidget` for a complete
 * one.
 */
export * from '../core/index.js'
export { ChatWidget } from '../widget/chat-widget.js'
export type { ChatWidgetProps, Fallback } from '../widget/props.js'
export * from '../widget/texts/index.js'
export { type UseChat, useChat } from '../widget/use-chat.js'
