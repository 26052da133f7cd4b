import type { Chat, ChatOptions } from '../index.js'
import type { StartWish } from '../wire.js'
import { MessageContent } from './content/message-content.js'
import type { Texts } from './texts/index.js'
import { useChat } from './use-chat.js'

export type ChatWidgetProps = {
  /** A chat made by `createChat`; or instead of it the options of one, such as `{ baseUrl }`. */
  chat: Chat | ChatOptions
  /** `launcher`: a round button in the corner that opens the panel; `inline`: the panel, as big as its place. */
  layout?: 'launcher' | 'inline'
  /** Whether the panel of a launcher is open at first. */
  defaultOpen?: boolean
  onOpenChange?: (isOpen: boolean) => void
  /** With what conversations are started: routing attributes, Salesforce's language. */
  wish?: StartWish
  /** A language tag; the page's or the browser's if left out. Says which texts are used, and how dates are written. */
  language?: string
  /** Texts of the page's own, in the place of the shipped ones. */
  texts?: Partial<Texts>
  theme?: 'auto' | 'light' | 'dark'
}

/** A complete chat. */
export function ChatWidget({ chat }: ChatWidgetProps) {
  const { messages } = useChat(chat)
  return (
    <div className="miaw">
      {messages.map((message) => (
        <MessageContent key={message.id} message={message} />
      ))}
    </div>
  )
}
