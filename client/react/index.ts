/** The chat in React, 18 and 19: `useChat` for a face of one's own, `ChatWidget` for a complete one. */
export * from '../core/index.js'
export { ChatWidget } from '../widget/chat-widget.js'
export type { ChatWidgetProps } from '../widget/props.js'
export * from '../widget/texts/index.js'
export { type UseChat, useChat } from '../widget/use-chat.js'
