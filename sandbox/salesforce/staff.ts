import { randomUUID } from 'node:crypto'
import { dana } from './actors.js'
import type { Draft } from './entries.js'
import { text } from './messages/texts.js'

/**
 * What agents write to each other (`enhanced-chat-api.md` §3.3). Listed here so that it can be
 * tested that a client never shows it.
 */
export function staffEntries(conversationIdentifier: string, timestamp: number): Draft[] {
  const said = (words: string) => ({ abstractMessage: { id: randomUUID(), ...text(words) } })
  return [
    { entryType: 'Note', ...said('Note: the customer is in arrears') },
    { entryType: 'FlagRaise', ...said('Flag: supervisor, please listen in') },
    { entryType: 'ConsultConversationInfo', conversationIdentifier, timestamp },
  ].map((payload) => ({ author: dana, payload: { id: randomUUID(), ...payload } }))
}
