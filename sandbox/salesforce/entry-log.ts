import type { Conversation, ConversationEntry, LoggedEntry } from './conversation.js'
import type { EntryDraft } from './entries.js'
import { automatedProcess } from './participants.js'
import type { SandboxState } from './sandbox-state.js'
import { addToOutbox, removePendingAfter } from './stream/outbox.js'

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

/** Sends the visitor's streams a signal that no list shows (§3.3), at a moment on our clock. */
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
