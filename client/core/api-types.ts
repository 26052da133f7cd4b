/**
 * Describes the gateway's requests and replies as plain types; a test holds them against
 * `lib/contract/`.
 */
import type { AnswerType, Message, Role } from './messages.js'

export type AuthReply = {
  token: string
  tokenType: 'Bearer'
  /** Counts seconds. */
  expiresIn: number
  expiresAt: string
  refreshToken: string
  refreshExpiresAt: string
  user: { id: string; verified: boolean }
}

/** Describes the form that visitors fill in before a conversation or a session begins. */
export type Prechat = {
  required: boolean
  per: 'conversation' | 'session'
  fields: {
    name: string
    label?: string | undefined
    type: 'text' | 'email' | 'number' | 'phone' | 'checkbox' | 'choice'
    required: boolean
    maxLength?: number | undefined
    options?:
      | { value: string; label?: string | undefined; default?: boolean | undefined }[]
      | undefined
  }[]
}

/** Limits the files that may be sent. `endings`: of names, such as `.heic`, where no type is known. */
export type Attachments = {
  maxBytes: number
  mimeTypes?: string[] | undefined
  endings?: string[] | undefined
}

export type StartReply = {
  conversationId: string
  status: 'open'
  resumed: boolean
  startedAt: string
  expiresAt: string | null
  prechat: Prechat | null
  attachments: Attachments | null
}

/** Holds the options that a conversation can be started with. */
export type StartOptions = {
  /** Holds pre-chat answers and hidden values by their names in the form. */
  routingAttributes?: Record<string, string>
  /** Takes the same under the guide's name; `routingAttributes` has precedence. */
  contextParameters?: Record<string, string>
  /** Names Salesforce's language, such as `en_US`. */
  language?: string
  /** Starts a new conversation even where one is open, if false. */
  resume?: boolean
}

export type SendReply = {
  id: string
  conversationId: string
  timestamp: string
  duplicate: boolean
}

export type FormValue = {
  inputId: string
  value: string | number | boolean | string[]
  type?: AnswerType | undefined
  label?: string | undefined
  title?: string | string[] | undefined
}

/** Describes an answer to a choice or to a form. */
export type Answer = { selections: { itemId: string; title: string }[] } | { values: FormValue[] }

export type Participant = { role: Role; displayName: string | null }

export type ConversationState = {
  id: string
  status: 'open' | 'ended'
  handledBy: 'queue' | 'bot' | 'agent' | 'none' | 'unknown'
  participants: Participant[]
  endedBy: 'EndUser' | 'Agent' | 'System' | null
  estimatedWaitSeconds: number | null
  /** Names the time at which a guest loses the conversation. */
  expiresAt: string | null
}

/** Describes what one poll heard beside the messages. */
export type ActivityReply = {
  typing: Participant[]
  /** Names what a bot is doing. */
  progress: string | null
  queuePosition: number | null
  /**
   * Holds the tokens `from` to `to` of the message that a bot is writing, or takes back what was
   * written of it.
   */
  partial:
    | { messageId: string; from: number; to: number; text: string }
    | { messageId: string; invalid: true }
    | null
}

export type PollReply = {
  messages: Message[]
  cursor: string | null
  hasMore: boolean
  before: string | null
  pollAfterMs: number | null
  /** Counts the seconds for which the next poll should wait for news; 0: it should not. */
  waitSeconds: number
  /** Is absent where the gateway hears no events. */
  activity?: ActivityReply | undefined
  conversation: ConversationState
}

/** Describes business hours: until when it is open, or when it opens, as far as that is known. */
export type Availability = {
  open: boolean
  opensAt?: string | undefined
  closesAt?: string | undefined
}

export type EndReply = { conversationId: string; status: 'ended' | 'open'; endedAt: string }

export type ProblemCode =
  | 'invalid_request'
  | 'cursor_invalid'
  | 'unauthenticated'
  | 'identity_rejected'
  | 'refresh_rejected'
  | 'origin_not_allowed'
  | 'anonymous_disabled'
  | 'conversation_not_found'
  | 'not_found'
  | 'method_not_allowed'
  | 'prechat_required'
  | 'outside_business_hours'
  | 'unsupported'
  | 'conversation_ended'
  | 'conversation_lost'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'id_reused'
  | 'rate_limited'
  | 'internal'
  | 'upstream_rejected'
  | 'upstream_unavailable'
  | 'store_unavailable'
  | 'upstream_timeout'
