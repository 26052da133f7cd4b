import type { EntryDraft, EntryPayload } from './entries.js'
import { automatedProcess, type NamedParticipant, type Participant } from './participants.js'
import type { SandboxState } from './sandbox-state.js'
import { addToOutbox, removePendingAfter } from './stream/outbox.js'

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
  /** The latest messaging session; whether it still runs is told by `stateAt`. */
  session: { id: string; startTimestamp: number }
  /** In the order of recording; what has yet to happen is in it already. */
  entryLog: LoggedEntry[]
  /** Typing and receipts that the visitor sent, in order; no list shows them. */
  visitorSignals: VisitorSignal[]
}

/** `at` is on our clock; `conversationEntryId` says what a receipt is for. */
export type VisitorSignal = {
  at: number
  entryType: 'TypingStartedIndicator' | 'TypingStoppedIndicator' | 'Delivery' | 'Read'
  id: string
  conversationEntryId?: string | undefined
}

/** When an entry happens (our clock, default now), and ways to be dated or listed otherwise. */
export type EntryTiming = {
  happensAt?: number | undefined
  transcriptedTimestamp?: number | undefined
  /** Instead of the switch `visibilityLagMs`. */
  visibleAfterMs?: number | undefined
}

/** Writes an entry into a conversation, now or at a later moment. */
export function addEntry(
  sandbox: SandboxState,
  conversation: Conversation,
  draft: EntryDraft,
  timing: EntryTiming = {},
): LoggedEntry {
  const happensAt = timing.happensAt ?? Date.now()
  const logged = {
    entry: toConversationEntry(
      sandbox,
      draft,
      timing.transcriptedTimestamp ?? happensAt + sandbox.switches.clockSkewMs,
    ),
    happensAt,
    visibleAt: happensAt + (timing.visibleAfterMs ?? drawLagMs(sandbox)),
  }
  conversation.entryLog.push(logged)
  addToOutbox(sandbox, conversation, logged)
  return logged
}

/** Tells the visitor's streams something that no list will show (§3.3), at a moment on our clock. */
export function addSignal(
  sandbox: SandboxState,
  conversation: Conversation,
  draft: EntryDraft,
  happensAt: number,
): void {
  const entry = toConversationEntry(sandbox, draft, happensAt + sandbox.switches.clockSkewMs)
  addToOutbox(sandbox, conversation, { entry, happensAt })
}

/** Takes back what was still to happen after this moment (our clock). */
export function cancelAfter(
  sandbox: SandboxState,
  conversation: Conversation,
  moment: number,
): void {
  removePendingAfter(sandbox, conversation, moment)
  conversation.entryLog = conversation.entryLog.filter(({ happensAt }) => happensAt <= moment)
}

/**
 * Returns the entries that a list may show now, oldest first; entries of one millisecond keep the
 * order of recording.
 */
export function visibleEntries(conversation: Conversation): ConversationEntry[] {
  const now = Date.now()
  return conversation.entryLog
    .filter(({ happensAt, visibleAt }) => happensAt <= now && visibleAt <= now)
    .map(({ entry }) => entry)
    .sort((a, b) => a.transcriptedTimestamp - b.transcriptedTimestamp)
}

function toConversationEntry(
  sandbox: SandboxState,
  draft: EntryDraft,
  timestamp: number,
): ConversationEntry {
  const author = draft.author ?? automatedProcess(sandbox.deployment.orgId)
  return {
    entryType: draft.payload.entryType,
    identifier: draft.payload.id,
    senderDisplayName: author.displayName,
    sender: author.participant,
    clientTimestamp: timestamp,
    transcriptedTimestamp: timestamp,
    relatedRecords: draft.relatedRecords ?? [],
    entryPayload: draft.payload,
  }
}

function drawLagMs(sandbox: SandboxState): number {
  const lag = sandbox.switches.visibilityLagMs
  if (typeof lag === 'number') return lag
  return lag.minimum + Math.floor(sandbox.random() * (lag.maximum - lag.minimum + 1))
}
