/**
 * Joins the use cases of a conversation: the only place that knows Redis and Salesforce at once.
 */
import type { Clock } from '../clock.js'
import type { Cursors } from '../polling/cursor.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Sealer } from '../sealing.js'
import type { HoursCache } from '../store/hours.js'
import type { Limiter } from '../store/limiter.js'
import type { ListBudget } from '../store/list-budget.js'
import type { Locks } from '../store/locks.js'
import type { MessageIdMap } from '../store/message-id-map.js'
import type { Records } from '../store/records.js'
import type { SendLog } from '../store/send-log.js'
import type { Typing } from '../store/typing.js'
import { createConversationAccess } from './access.js'
import { createAvailability, createOpeningTime } from './availability.js'
import { createCapacity } from './capacity.js'
import { createEchoMatching, matchById } from './echo-matching.js'
import { createEnd } from './end.js'
import { createForget } from './forget.js'
import { createList } from './list.js'
import { createListing } from './listing.js'
import { createMerge } from './merge.js'
import type { FirstMessageAttributes } from './new-conversation.js'
import { createPoll } from './poll.js'
import { createSalesforceTokens } from './salesforce-tokens.js'
import { createSend } from './send.js'
import { createSignal } from './signal.js'
import { createStart } from './start.js'
import { createStreamGate } from './stream-gate.js'
import { createTranscript } from './transcript.js'
import { createUpload, withUploads } from './upload.js'

type Options = {
  messaging: Messaging
  records: Records
  sendLog: SendLog
  messageIdMap: MessageIdMap
  hours: HoursCache
  locks: Locks
  typing: Typing
  limiter: Limiter
  listBudget: ListBudget
  /** Seals Salesforce tokens at rest. */
  tokenSealer: Sealer
  cursors: Cursors
  deployment: string
  callerAttributes: readonly string[]
  firstMessageAttributes: FirstMessageAttributes
  uploadTypes: readonly string[]
  endedConversationMs: number
  maxConversations: number
  settleMs: number
  events: 'off' | 'wait'
  /** Holds the time that all processes share. */
  clock: Clock
}

export type Conversations = ReturnType<typeof createConversations>

export function createConversations(options: Options) {
  const tokens = createSalesforceTokens(options)
  const access = createConversationAccess({ ...options, tokens })
  const availability = createAvailability(options)
  const capacity = createCapacity({ ...options, access })
  const openingTime = createOpeningTime(options, availability)
  const { beginStart, start } = createStart({ ...options, tokens, access, capacity, openingTime })
  const echoMatching = options.messaging.traits.ourIds
    ? matchById
    : createEchoMatching(options.messageIdMap, options.clock)
  const listing = createListing(options)
  const { send, claim } = createSend({ ...options, access, echoMatching, listing })
  const end = createEnd({ ...options, access })
  const merge = createMerge({ ...options, tokens, capacity, end })

  return {
    beginStart,
    start: async (...args: Parameters<typeof start>) =>
      withUploads(await start(...args), options.uploadTypes),
    claim,
    send,
    upload: createUpload({ ...options, send }),
    signal: createSignal({ ...options, access, listing }),
    poll: createPoll({ ...options, access, echoMatching, listing, gate: createStreamGate() }),
    list: createList({ ...options, access, listing }),
    availability,
    end,
    merge,

    ...createForget({ ...options, tokens, end }),

    transcript: createTranscript({ ...options, access, listing }),
  }
}
