import { type Actor, automatedProcess, type Participant } from './actors.js'
import type { Draft, EntryPayload } from './entries.js'
import { post, withdrawAfter } from './stream/outbox.js'
import type { World } from './world.js'

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
export type LedgerEntry = { entry: ConversationEntry; happensAt: number; visibleAt: number }

/** One conversation with all that has been recorded of it. */
export type Conversation = {
  id: string
  visitor: Actor
  language: string | null
  routingAttributes: Record<string, string>
  /** Of the guide's dialect: told to the agent, not to the routing. */
  contextParameters: Record<string, string>
  /** Salesforce's clock. */
  startTimestamp: number
  /** Salesforce's clock; 0 while open. */
  endTimestamp: number
  /** The latest messaging session; whether it still runs is told by `stateAt`. */
  session: { id: string; startTimestamp: number }
  /** In the order of recording; what has yet to happen is in it already. */
  ledger: LedgerEntry[]
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
export type Moment = {
  happensAt?: number | undefined
  transcriptedTimestamp?: number | undefined
  /** Instead of the switch `visibilityLagMs`. */
  visibleAfterMs?: number | undefined
}

/** Writes an entry into a conversation, now or at a later moment. */
export function record(
  world: World,
  conversation: Conversation,
  draft: Draft,
  moment: Moment = {},
): LedgerEntry {
  const happensAt = moment.happensAt ?? Date.now()
  const recorded = {
    entry: stamp(
      world,
      draft,
      moment.transcriptedTimestamp ?? happensAt + world.switches.clockSkewMs,
    ),
    happensAt,
    visibleAt: happensAt + (moment.visibleAfterMs ?? drawLagMs(world)),
  }
  conversation.ledger.push(recorded)
  post(world, conversation, recorded)
  return recorded
}

/** Tells the visitor's streams something that no list will show (§3.3), at a moment on our clock. */
export function signal(
  world: World,
  conversation: Conversation,
  draft: Draft,
  happensAt: number,
): void {
  const entry = stamp(world, draft, happensAt + world.switches.clockSkewMs)
  post(world, conversation, { entry, happensAt })
}

/** Takes back what was still to happen after this moment (our clock). */
export function cancelAfter(world: World, conversation: Conversation, moment: number): void {
  withdrawAfter(world, conversation, moment)
  conversation.ledger = conversation.ledger.filter(({ happensAt }) => happensAt <= moment)
}

/** What a list may show now, oldest first; entries of one millisecond keep the order of recording. */
export function visibleEntries(conversation: Conversation): ConversationEntry[] {
  const now = Date.now()
  return conversation.ledger
    .filter(({ happensAt, visibleAt }) => happensAt <= now && visibleAt <= now)
    .map(({ entry }) => entry)
    .sort((a, b) => a.transcriptedTimestamp - b.transcriptedTimestamp)
}

function stamp(world: World, draft: Draft, timestamp: number): ConversationEntry {
  const author = draft.author ?? automatedProcess(world.deployment.orgId)
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

function drawLagMs(world: World): number {
  const lag = world.switches.visibilityLagMs
  if (typeof lag === 'number') return lag
  return lag.minimum + Math.floor(world.random() * (lag.maximum - lag.minimum + 1))
}
