import type { Attachments, ConversationState, Prechat } from './api-types.js'
import type { Message } from './messages.js'
import type { ChatProblem } from './problem.js'

/**
 * State of the connection to the gateway.
 * - `idle`: nothing is going on; `start` begins (with the answers, if the snapshot has a
 *   `prechat`).
 * - `connecting`: a request is under way and has no response yet.
 * - `online`: the snapshot is up to date.
 * - `retrying`: a request failed and is repeated by itself.
 * - `offline`: the device has no network; polling resumes when there is one.
 * - `ended`: the conversation is over; `start` begins a new one.
 * - `lost`: the conversation cannot be reached any more; `start` begins a new one.
 * - `refused`: the gateway refuses the request; `start` tries again.
 */
export type Connection =
  | 'idle'
  | 'connecting'
  | 'online'
  | 'retrying'
  | 'offline'
  | 'ended'
  | 'lost'
  | 'refused'

/** State of a message. Messages of others are `delivered`. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'failed'

export type ChatMessage = Message & {
  delivery: Delivery
  /** Why it failed. */
  problem?: ChatProblem | undefined
  /** Progress of an upload, 0 to 1. */
  progress?: number | undefined
}

/** Everything there is to show. Never changed: whatever changes is a new object, and nothing else is. */
export type Snapshot = {
  readonly connection: Connection
  /** Why it is not as it should be; null when it is. */
  readonly problem: ChatProblem | null
  readonly conversationId: string | null
  /** As the last poll told it; null before the first. */
  readonly conversation: ConversationState | null
  /** In the order they were said; those that are not sent yet, or failed, come last. */
  readonly messages: readonly ChatMessage[]
  /** True when `loadOlder` has something to load. */
  readonly hasOlder: boolean
  /** The timestamp of the last message that `markRead` was told of; empty before. */
  readonly readUpTo: string
  /** The number of messages of others since then. */
  readonly unread: number
  /** The form that must be answered by `start({ routingAttributes })` before it goes on. */
  readonly prechat: Prechat | null
  /** Which files are taken; null: none. */
  readonly attachments: Attachments | null
}

export const emptySnapshot: Snapshot = {
  connection: 'idle',
  problem: null,
  conversationId: null,
  conversation: null,
  messages: [],
  hasOlder: false,
  readUpTo: '',
  unread: 0,
  prechat: null,
  attachments: null,
}
