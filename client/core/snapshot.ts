import type { Attachments, ConversationState, Prechat } from './api-types.js'
import type { Message } from './messages.js'
import type { ChatProblem } from './problem.js'

/**
 * How it stands with the gateway.
 * - `idle`: nothing is going on; `start` begins (with a `prechat` in the snapshot: with its answers).
 * - `connecting`: asked, not answered yet.
 * - `online`: what there is to know is known.
 * - `retrying`: an answer failed; it is asked again by itself.
 * - `offline`: the device has no network; it goes on when there is one.
 * - `ended`: the conversation is over; `start` begins anew.
 * - `lost`: the conversation cannot be reached any more; `start` begins anew.
 * - `refused`: the gateway will not have it; `start` tries again.
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

/** What became of a message: those of others are `delivered`. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'failed'

export type ChatMessage = Message & {
  delivery: Delivery
  /** Why it failed. */
  problem?: ChatProblem | undefined
  /** Of a file on its way: 0 to 1. */
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
  /** Whether `loadOlder` has something to load. */
  readonly hasOlder: boolean
  /** The timestamp of the last message that `markRead` was told of; empty before. */
  readonly readUpTo: string
  /** How many messages of others came since. */
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
