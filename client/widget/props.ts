import type { Chat, ChatOptions, StartOptions } from '../core/index.js'
import type { Texts } from './texts/en.js'

/** Describes other ways to reach the page's owner. They are shown while the chat takes nobody. */
export type Fallback = {
  phone?: string | undefined
  email?: string | undefined
  url?: string | undefined
  /** Replaces the sentence before them. */
  text?: string | undefined
}

/** Properties of the widget. */
export type ChatWidgetProps = {
  /** A chat made by `createChat`; or instead of it the options of one, such as `{ baseUrl }`. */
  chat: Chat | ChatOptions
  /** `launcher`: a round button in the corner that opens the panel; `inline`: the panel, as big as its place. */
  layout?: 'launcher' | 'inline' | undefined
  /** True when the panel of a launcher is open at first. */
  defaultOpen?: boolean | undefined
  /** Opens the panel where the page decides; then `onOpenChange` reports the visitor's request. */
  open?: boolean | undefined
  onOpenChange?: ((isOpen: boolean) => void) | undefined
  /** Options that conversations are started with: routing attributes, Salesforce's language. */
  startOptions?: StartOptions | undefined
  /** A language tag; the page's or the browser's if left out. Says which texts are used, and how dates are written. */
  language?: string | undefined
  /** Texts of the page's own, in the place of the shipped ones. */
  texts?: Partial<Texts> | undefined
  /** Other ways to reach you, for visitors whom the chat cannot take now. */
  fallback?: Fallback | undefined
  /** Shows no launcher before a chat has begun, as long as the chat is closed. */
  hideWhenClosed?: boolean | undefined
  theme?: 'auto' | 'light' | 'dark' | undefined
}
