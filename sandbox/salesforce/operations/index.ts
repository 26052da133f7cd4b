import { configurationOperations } from './configuration.js'
import { conversationOperations } from './conversations.js'
import { entryOperations } from './entries.js'
import { fileOperations } from './files.js'
import { messageOperations } from './messages.js'
import type { Operation } from './operation.js'
import { signalOperations } from './signals.js'
import { streamOperations } from './stream.js'
import { tokenOperations } from './tokens.js'
import { transcriptOperations } from './transcript.js'
import { verifiedTokenOperations } from './verified-tokens.js'

/** Lists all operations of this Salesforce (`enhanced-chat-api.md` §0); a new group joins here. */
export const operations: readonly Operation[] = [
  ...tokenOperations,
  ...verifiedTokenOperations,
  ...conversationOperations,
  ...entryOperations,
  ...messageOperations,
  ...fileOperations,
  ...signalOperations,
  ...transcriptOperations,
  ...streamOperations,
  ...configurationOperations,
]
