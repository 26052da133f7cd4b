import type { Attachments, ConversationState, Participant, Prechat } from './api-types.js'
import type { Message } from './messages.js'
import type { ChatProblem } from './problem.js'

/**
 * Describes the state of the connection to the gateway.
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

/** Describes the state of a message. Messages of others are `delivered`. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'failed'

export type ChatMessage = Message & {
  delivery: Delivery
  /** Tells why it failed. */
  problem?: ChatProblem | undefined
  /**
   * Names the time of this device until which the message waits before it is sent again; absent while
   * it is being sent.
   */
  waitsUntil?: string | undefined
  /** Measures the progress of an upload, 0 to 1. */
  progress?: number | undefined
}

/** Holds what is going on beside the messages. */
export type Activity = {
  /** Lists who is typing. */
  readonly typing: readonly Participant[]
  /** Names what a bot is doing, in its own words. */
  readonly progress: string | null
  readonly queuePosition: number | null
  /** Holds the beginning of the message that a bot is writing, until that message is listed. */
  readonly partial: { readonly messageId: string; readonly text: string } | null
}

/**
 * Holds everything there is to show. It is immutable: only the parts that change are new objects.
 */
export type Snapshot = {
  readonly connection: Connection
  /** Tells why the connection is not as it should be; null when it is. */
  readonly problem: ChatProblem | null
  readonly conversationId: string | null
  /** Holds the conversation's state as of the last poll; null before the first. */
  readonly conversation: ConversationState | null
  /** Holds what is going on; null where the gateway hears no events. */
  readonly activity: Activity | null
  /** Lists messages by time; those that are not sent yet, or failed, are last. */
  readonly messages: readonly ChatMessage[]
  /** Tells whether `loadOlder` has something to load. */
  readonly hasOlder: boolean
  /** Holds the timestamp of the last message that `markRead` marked; empty before. */
  readonly readUpTo: string
  /** Counts the messages of others since then. */
  readonly unread: number
  /**
   * Holds the form that must be answered by `start({ routingAttributes })` before the chat goes on.
   */
  readonly prechat: Prechat | null
  /** Limits the files that can be sent; null: none can. */
  readonly attachments: Attachments | null
}

export const emptySnapshot: Snapshot = {
  connection: 'idle',
  problem: null,
  conversationId: null,
  conversation: null,
  activity: null,
  messages: [],
  hasOlder: false,
  readUpTo: '',
  unread: 0,
  prechat: null,
  attachments: null,
}
