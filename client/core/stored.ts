import type { Attachments } from './api-types.js'
import { createDrafts } from './drafts.js'
import type { Environment } from './environment.js'
import { isLike } from './json.js'
import type { ChatOptions } from './options.js'
import { parseUnsent } from './outbox.js'
import { parseTokens } from './session.js'
import { createStoredValue } from './storage.js'

/** Describes the conversation that is kept over a reload. */
export type StoredConversation = {
  conversationId: string
  attachments: Attachments | null
  readUpTo: string
}

/** Holds the members of one whose limits are still to be checked. */
type StoredMembers = Omit<StoredConversation, 'attachments'> & Partial<StoredConversation>

/** Returns what was stored as a conversation, if it is. */
function parseConversation(stored: unknown): StoredConversation | null {
  if (!isLike<StoredMembers>(stored, { conversationId: '', readUpTo: '' })) return null
  const { conversationId, readUpTo, attachments = null } = stored
  const whole = { mimeTypes: [], endings: [], ...attachments }
  const isLimit = isLike(whole, { maxBytes: 0, mimeTypes: [''], endings: [''] })
  return { conversationId, readUpTo, attachments: isLimit ? attachments : null }
}

/** Creates all that a chat stores of its visitor: each value has a key of its own. */
export function createStored({ baseUrl, storage }: ChatOptions, environment: Environment) {
  const prefix = `miaw ${baseUrl} `
  const value = <T>(name: string, parse: (stored: unknown) => T | null) =>
    createStoredValue<T>(storage, prefix + name, environment, parse)
  return {
    storedConversation: value('conversation', parseConversation),
    tokens: value('tokens', parseTokens),
    unsent: value('unsent', parseUnsent),
    drafts: createDrafts(`${prefix}drafts`),
  }
}
