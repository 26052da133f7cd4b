/**
 * Describes the messages that a poll delivers, as plain types: no code of the gateway comes into a
 * page. A test holds them against `lib/contract/messages.ts`.
 */

export type Role = 'EndUser' | 'Chatbot' | 'Agent' | 'Supervisor' | 'System'

type Common = {
  id: string
  conversationId: string
  sender: { role: Role; displayName: string | null }
  /** Names the time: ISO 8601 in UTC with milliseconds. */
  timestamp: string
  /** Always has a value, so that a renderer that does not know the type can show something. */
  text: string
  inReplyToMessageId?: string | undefined
  /** Names the reason for which Salesforce sent the message by itself, if it did. */
  reason?: 'AutomatedResponse' | 'Consent' | undefined
}

type Option = { itemId: string; title: string }
type Pictured = { subTitle?: string | undefined; imageUrl?: string | undefined }

export type StaticContentMessage = Common & {
  messageType: 'StaticContentMessage'
  staticContent: {
    formatType: 'Text'
    text: string
    /** Holds the same as CommonMark, which may hold tables; it has no HTML and no pictures. */
    markdown?: string | undefined
    citations?: { label?: string | undefined; url: string }[] | undefined
  }
  /** Holds texts that the visitor may send as an answer. */
  suggestions?: string[] | undefined
}

export type RichLinkMessage = Common & {
  messageType: 'RichLinkMessage'
  richLink: {
    title: string
    url: string
    imageUrl?: string | undefined
    description?: string | undefined
  }
}

export type AttachmentMessage = Common & {
  messageType: 'AttachmentMessage'
  attachments: { id: string; name: string; mimeType: string; url: string }[]
}

export type WebViewMessage = Common & {
  messageType: 'WebViewMessage'
  webView: { url: string; title?: string | undefined }
}

export type QuickReplyMessage = Common & {
  messageType: 'QuickReplyMessage'
  quickReplies: {
    text: string
    replies: (Option & { imageUrl?: string | undefined })[]
    style: 'QuickReplies' | 'Buttons'
  }
}

export type ListPickerMessage = Common & {
  messageType: 'ListPickerMessage'
  listPicker: { title: string; options: (Option & Pictured)[] }
}

export type CarouselMessage = Common & {
  messageType: 'CarouselMessage'
  carousel: {
    title?: string | undefined
    /** Lists the cards. The page opens an action with a `url`; nothing is sent for it. */
    cards: (Pictured & { title: string; actions: (Option | { url: string; title: string })[] })[]
  }
}

export type TimePickerMessage = Common & {
  messageType: 'TimePickerMessage'
  timePicker: {
    title: string
    timezoneOffset?: number | undefined
    slots: { itemId: string; startTime: string; durationSeconds: number }[]
  }
}

export type ChoiceResponseMessage = Common & {
  messageType: 'ChoiceResponseMessage'
  selections: Option[]
}

/** Lists the types of answers that a visitor can give in a form. */
export type AnswerType =
  | 'text'
  | 'multiline'
  | 'number'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'select'
  | 'multiselect'

export type FormInput = {
  inputId: string
  /** Marks a static title or footer by `note`: it has nothing to fill in. */
  type: AnswerType | 'note'
  label: string
  required: boolean
  options?: Option[] | undefined
  maxLength?: number | undefined
  /** Holds a regular expression. */
  pattern?: string | undefined
  placeholder?: string | undefined
  hint?: string | undefined
}

export type FormMessage = Common & {
  messageType: 'FormMessage'
  form: { title: string; inputs: FormInput[] }
}

/** Has either the values that were filled in, or their result. */
export type FormResponseMessage = Common & {
  messageType: 'FormResponseMessage'
  values?:
    | {
        inputId: string
        label?: string | undefined
        value: string | string[] | number | boolean
        title?: string | string[] | undefined
      }[]
    | undefined
  result?: { ok: boolean; errors?: string[] | undefined } | undefined
}

export type ParticipantChanged = Common & {
  messageType: 'ParticipantChanged'
  participants: {
    operation: 'add' | 'remove' | 'update'
    role: Role
    displayName: string | null
  }[]
}

export type RoutingResult = Common & {
  messageType: 'RoutingResult'
  routing: {
    type: string
    failure: string | null
    estimatedWaitSeconds?: number | undefined
  }
}

export type SessionStatusChanged = Common & {
  messageType: 'SessionStatusChanged'
  session: {
    status: string
    previous?: string | undefined
    endedBy?: 'EndUser' | 'Agent' | 'System' | undefined
  }
}

/** Stands for a message of any other type. Its `text` can be shown. */
export type UnknownMessage = Common & {
  messageType: 'UnknownMessage'
  original: {
    entryType: string
    messageType?: string | undefined
    formatType?: string | undefined
  }
}

export type Message =
  | StaticContentMessage
  | RichLinkMessage
  | AttachmentMessage
  | WebViewMessage
  | QuickReplyMessage
  | ListPickerMessage
  | CarouselMessage
  | TimePickerMessage
  | ChoiceResponseMessage
  | FormMessage
  | FormResponseMessage
  | ParticipantChanged
  | RoutingResult
  | SessionStatusChanged
  | UnknownMessage
