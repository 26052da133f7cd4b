import { randomUUID } from 'node:crypto'
import type { Actor } from './actors.js'
import type { Draft } from './entries.js'

/** An agent or bot begins or stops typing (`enhanced-chat-api.md` §3.4); only streams tell. */
export function typingEntry(author: Actor, state: 'Started' | 'Stopped', timestamp: number): Draft {
  const entryType = `Typing${state}Indicator`
  return { author, payload: { entryType, id: randomUUID(), timestamp } }
}

/** An agent or bot received or read the visitor's message; only streams tell. */
export function receiptEntry(
  author: Actor,
  kind: 'Delivery' | 'Read',
  receipt: { messageId: string; timestamp: number },
): Draft {
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
