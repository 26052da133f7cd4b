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
