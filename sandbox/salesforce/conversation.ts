/** Defines what the sandbox keeps of a conversation. */
import type { EntryPayload } from './entries.js'
import type { NamedParticipant, Participant } from './participants.js'

/** An entry as it is listed (`enhanced-chat-api.md` §3.1). */
export type ConversationEntry = {
  entryType: string
  identifier: string
  senderDisplayName: string
  sender: Participant
  clientTimestamp: number
  transcriptedTimestamp: number
  relatedRecords: string[]
  entryPayload: EntryPayload
}

/** `happensAt` and `visibleAt` are on our clock, the timestamps of the entry on Salesforce's. */
export type LoggedEntry = { entry: ConversationEntry; happensAt: number; visibleAt: number }

/** One conversation with all that has been recorded of it. */
export type Conversation = {
  id: string
  visitor: NamedParticipant
  language: string | null
  routingAttributes: Record<string, string>
  /** Attributes of the guide's dialect, for the agent and not for routing. */
  contextParameters: Record<string, string>
  /** Salesforce's clock. */
  startTimestamp: number
  /** Salesforce's clock; 0 while open. */
  endTimestamp: number
  /** The latest messaging session; `stateAt` returns its state. */
  session: { id: string; startTimestamp: number }
  /** In the order of recording; what has yet to happen is in it already. */
  entryLog: LoggedEntry[]
  /** Typing and receipts that the visitor sent, in order; no list shows them. */
  visitorSignals: VisitorSignal[]
}

/** Holds a signal; `at` is on our clock, `conversationEntryId` is the entry of a receipt. */
export type VisitorSignal = {
  at: number
  entryType: 'TypingStartedIndicator' | 'TypingStoppedIndicator' | 'Delivery' | 'Read'
  id: string
  conversationEntryId?: string | undefined
}
