import type { Operation } from '../operations/operation.js'
import { conversationOperations } from './conversations.js'
import { messageOperations } from './messages.js'
import { tokenOperations } from './tokens.js'

/** Lists all operations of a Salesforce of the guide (`guide-dialect.md`). */
export const guideOperations: readonly Operation[] = [
  ...tokenOperations,
  ...conversationOperations,
  ...messageOperations,
]
