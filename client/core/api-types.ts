/**
 * Describes the gateway's requests and replies as plain types; a test holds them against
 * `lib/contract/`.
 */
import type { AnswerType, Message, Role } from './messages.js'

export type AuthReply = {
  token: string
  tokenType: 'Bearer'
  /** Seconds. */
  expiresIn: number
  expiresAt: string
  refreshToken: string
  refreshExpiresAt: string
  user: { id: string; verified: boolean }
}

/** The deployment's form, to be filled in before a conversation or a session begins. */
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

/** Which files may be sent. */
export type Attachments = { maxBytes: number; mimeTypes?: string[] | undefined }

export type StartReply = {
  conversationId: string
  status: 'open'
  resumed: boolean
  startedAt: string
  expiresAt: string | null
  prechat: Prechat | null
  attachments: Attachments | null
}

/** Options that a conversation can be started with. */
export type StartOptions = {
  /** Pre-chat answers and hidden values, by the names the form gives them. */
  routingAttributes?: Record<string, string>
  /** The guide's word for the same; gives way. */
  contextParameters?: Record<string, string>
  /** Such as `en_US`. */
  language?: string
  /** False: a new conversation even where one is open. */
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

/** An answer to a choice or to a form. */
export type Answer = { selections: { itemId: string; title: string }[] } | { values: FormValue[] }

export type ConversationState = {
  id: string
  status: 'open' | 'ended'
  handledBy: 'queue' | 'bot' | 'agent' | 'none' | 'unknown'
  participants: { role: Role; displayName: string | null }[]
  endedBy: 'EndUser' | 'Agent' | 'System' | null
  estimatedWaitSeconds: number | null
  /** When a guest loses the conversation. */
  expiresAt: string | null
}

export type PollReply = {
  messages: Message[]
  cursor: string | null
  hasMore: boolean
  before: string | null
  pollAfterMs: number | null
  conversation: ConversationState
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
