/** Defines the state that the sandbox keeps of a conversation. */
import type { EntryPayload } from './entries.js'
import type { NamedParticipant, Participant } from './participants.js'

/** Describes an entry as it is listed (`enhanced-chat-api.md` §3.1). */
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

/** Has `happensAt` and `visibleAt` on our clock, and the entry's timestamps on Salesforce's. */
export type LoggedEntry = { entry: ConversationEntry; happensAt: number; visibleAt: number }

/** Holds one conversation with all that is recorded of it. */
export type Conversation = {
  id: string
  visitor: NamedParticipant
  language: string | null
  routingAttributes: Record<string, string>
  /** Holds attributes of the guide's dialect, for the agent and not for routing. */
  contextParameters: Record<string, string>
  /** Is on Salesforce's clock. */
  startTimestamp: number
  /** Is on Salesforce's clock; 0 while open. */
  endTimestamp: number
  /** Is the latest messaging session; `stateAt` returns its state. */
  session: { id: string; startTimestamp: number }
  /** Is in the order of recording, entries of later moments included. */
  entryLog: LoggedEntry[]
  /** Holds typing and receipts that the visitor sent, in order; no list shows them. */
  visitorSignals: VisitorSignal[]
}

/** Holds a signal; `at` is on our clock, `conversationEntryId` is the entry of a receipt. */
export type VisitorSignal = {
  at: number
  entryType: 'TypingStartedIndicator' | 'TypingStoppedIndicator' | 'Delivery' | 'Read'
  id: string
  conversationEntryId?: string | undefined
}
