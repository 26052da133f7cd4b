import { randomUUID } from 'node:crypto'
import type { EntryDraft } from './entries.js'
import type { NamedParticipant } from './participants.js'

/** Creates an agent's or bot's typing indicator (`enhanced-chat-api.md` §3.4), for streams only. */
export function typingEntry(
  author: NamedParticipant,
  state: 'Started' | 'Stopped',
  timestamp: number,
): EntryDraft {
  const entryType = `Typing${state}Indicator`
  return { author, payload: { entryType, id: randomUUID(), timestamp } }
}

/** Creates the visitor's place in the queue (§3.4), for streams only. */
export function queuePositionEntry(position: number): EntryDraft {
  const payload = {
    entryType: 'QueuePosition',
    id: randomUUID(),
    pendingServiceRoutingId: '0JRZZ0000000001',
    workItemId: '0BzZZ0000000001',
    position,
  }
  return { payload }
}

/** Creates an agent's or bot's receipt for the visitor's message, for streams only. */
export function receiptEntry(
  author: NamedParticipant,
  kind: 'Delivery' | 'Read',
  receipt: { messageId: string; timestamp: number },
): EntryDraft {
  const { messageId, timestamp } = receipt
  const payload = {
    entryType: `${kind}Acknowledgement`,
    id: randomUUID(),
    recipient: author.participant,
    acknowledgedConversationEntryIdentifier: messageId,
    acknowledgementTimestamp: timestamp,
  }
  return { author, payload, relatedRecords: [messageId] }
}

/** Creates the text about what a bot is doing (§3.4), at most 255 characters, for streams only. */
export function progressEntry(
  author: NamedParticipant,
  text: string,
  timestamp: number,
): EntryDraft {
  const progressIndicator = {
    indicatorType: 'ProgressUpdateIndicator',
    timestamp,
    progressMessage: { formatType: 'Text', text },
  }
  return {
    author,
    payload: { entryType: 'ProgressIndicator', id: randomUUID(), progressIndicator },
  }
}

/** Names a piece of a bot's text: its place, and the message that will hold the whole text. */
export type TokenPlace = { messageId: string; sequenceNumber: number; timestamp: number }

/** Creates a piece of a bot's text, for streams only. */
export function tokenEntry(author: NamedParticipant, place: TokenPlace, text: string): EntryDraft {
  return streamingToken(author, place, {
    tokenType: 'MessageStreamingToken',
    token: { formatType: 'Text', text },
  })
}

/**
 * Creates the verdict on a streamed text: a client throws an invalid one away. The shape is that of
 * Salesforce's own apps, which read `result.valid`.
 */
export function tokenVerdictEntry(
  author: NamedParticipant,
  place: TokenPlace,
  valid: boolean,
): EntryDraft {
  return streamingToken(author, place, {
    tokenType: 'StreamingTokenValidation',
    result: { valid, reason: valid ? null : 'The answer does not keep to the topic' },
  })
}

function streamingToken(
  author: NamedParticipant,
  { messageId, sequenceNumber, timestamp }: TokenPlace,
  content: Record<string, unknown>,
): EntryDraft {
  const streamingToken = {
    sequenceNumber,
    timestamp,
    targetMessageIdentifier: messageId,
    turnId: `turn-${messageId}`,
    batchNumber: 1,
    ...content,
  }
  return { author, payload: { entryType: 'StreamingToken', id: randomUUID(), streamingToken } }
}
