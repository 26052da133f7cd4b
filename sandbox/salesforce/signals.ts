import { randomUUID } from 'node:crypto'
import type { EntryDraft } from './entries.js'
import type { NamedParticipant } from './participants.js'

/** An agent or bot begins or stops typing (`enhanced-chat-api.md` §3.4); only streams tell. */
export function typingEntry(
  author: NamedParticipant,
  state: 'Started' | 'Stopped',
  timestamp: number,
): EntryDraft {
  const entryType = `Typing${state}Indicator`
  return { author, payload: { entryType, id: randomUUID(), timestamp } }
}

/** An agent or bot received or read the visitor's message; only streams tell. */
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
