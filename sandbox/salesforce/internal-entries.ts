import { randomUUID } from 'node:crypto'
import type { EntryDraft } from './entries.js'
import { text } from './messages/texts.js'
import { defaultAgent } from './participants.js'

/**
 * What agents write to each other (`enhanced-chat-api.md` §3.3). Listed here so that it can be
 * tested that a client never shows it.
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
