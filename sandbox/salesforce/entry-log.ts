import type { Conversation, ConversationEntry, LoggedEntry } from './conversation.js'
import type { EntryDraft, EntryPayload } from './entries.js'
import { newMessageId } from './message-ids.js'
import { automatedProcess } from './participants.js'
import type { SandboxState } from './sandbox-state.js'
import { addToOutbox, removePendingAfter } from './stream/outbox.js'

/** Sets the moment of an entry (our clock, default now), and deviations of its date and listing. */
export type EntryTiming = {
  happensAt?: number | undefined
  transcriptedTimestamp?: number | undefined
  /** Replaces the switch `visibilityLagMs`. */
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

/** Removes the entries and signals after this moment (our clock). */
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
  const id = draft.payload.id ?? newMessageId(sandbox, author, timestamp)
  const payload = payloadWithId(draft, id)
  return {
    entryType: payload.entryType,
    identifier: id,
    senderDisplayName: author.displayName,
    sender: author.participant,
    clientTimestamp: timestamp,
    transcriptedTimestamp: timestamp,
    relatedRecords: draft.relatedRecords ?? [],
    entryPayload: payload,
  }
}

/** Returns the payload with this id, which its message has, too, unless it brought its own. */
function payloadWithId({ payload }: EntryDraft, id: string): EntryPayload {
  const { abstractMessage } = payload
  if (payload.id !== undefined || !isObject(abstractMessage)) return { ...payload, id }
  return { ...payload, id, abstractMessage: { ...abstractMessage, id } }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function drawLagMs(sandbox: SandboxState): number {
  const lag = sandbox.switches.visibilityLagMs
  if (typeof lag === 'number') return lag
  return lag.minimum + Math.floor(sandbox.random() * (lag.maximum - lag.minimum + 1))
}
