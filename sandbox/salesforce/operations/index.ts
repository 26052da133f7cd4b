import { conversationOperations } from './conversations.js'
import { entryOperations } from './entries.js'
import { messageOperations } from './messages.js'
import type { Operation } from './operation.js'
import { signalOperations } from './signals.js'
import { tokenOperations } from './tokens.js'

/** All that this Salesforce can do (`enhanced-chat-api.md` §0); a new group joins here. */
export const operations: readonly Operation[] = [
  ...tokenOperations,
  ...conversationOperations,
  ...entryOperations,
  ...messageOperations,
  ...signalOperations,
]
