import { randomUUID } from 'node:crypto'
import type { EntryDraft } from './entries.js'
import { text } from './messages/texts.js'
import { defaultAgent, type NamedParticipant } from './participants.js'

/**
 * Creates the entries that agents write to each other (`enhanced-chat-api.md` §3.3). They are
 * listed so that tests can show that a client never displays them.
 */
export function internalEntries(conversationIdentifier: string, timestamp: number): EntryDraft[] {
  const messageFields = (content: string) => ({
    abstractMessage: { id: randomUUID(), ...text(content) },
  })
  return [
    { entryType: 'Note', ...messageFields('Note: the customer is in arrears') },
    { entryType: 'FlagRaise', ...messageFields('Flag: supervisor, please listen in') },
    { entryType: 'ConsultConversationInfo', conversationIdentifier, timestamp },
  ].map((payload) => ({ author: defaultAgent, payload: { id: randomUUID(), ...payload } }))
}

/** Creates what a supervisor says to the staff alone. */
export function whisperEntry(author: NamedParticipant, content: string): EntryDraft {
  const abstractMessage = { id: randomUUID(), ...text(content) }
  return { author, payload: { entryType: 'Note', id: randomUUID(), abstractMessage } }
}
