/** The use cases of a conversation, joined: the only place that knows Redis and Salesforce at once. */
import type { Cursors } from '../polling/cursor.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Sealer } from '../sealing.js'
import type { HoursCache } from '../store/hours.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { MessageIdMap } from '../store/message-id-map.js'
import type { Device } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { SendLog } from '../store/send-log.js'
import type { Typing } from '../store/typing.js'
import { createConversationAccess } from './access.js'
import { createAvailability } from './availability.js'
import { createEchoMatching, matchById } from './echo-matching.js'
import { createEnd } from './end.js'
import { createList } from './list.js'
import { createMerge } from './merge.js'
import { createPoll } from './poll.js'
import { createSalesforceTokens, type OwnedConversation } from './salesforce-tokens.js'
import { createSend } from './send.js'
import { createSignal } from './signal.js'
import { createStart } from './start.js'
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
  /** Seals Salesforce tokens at rest. */
  tokenSealer: Sealer
  cursors: Cursors
  deployment: string
  callerAttributes: readonly string[]
  uploadTypes: readonly string[]
  endedConversationMs: number
  maxConversations: number
  settleMs: number
}

export type Conversations = ReturnType<typeof createConversations>

export function createConversations(options: Options) {
  const { records, locks } = options
  const tokens = createSalesforceTokens(options)
  const access = createConversationAccess({ ...options, tokens })
  const start = createStart({ ...options, tokens, access })
  const echoMatching = options.messaging.traits.ourIds
    ? matchById
    : createEchoMatching(options.messageIdMap)
  const send = createSend({ ...options, access, echoMatching })
  const end = createEnd({ ...options, access })
  const merge = createMerge({ ...options, tokens })

  return {
    start: async (...args: Parameters<typeof start>) =>
      withUploads(await start(...args), options.uploadTypes),
    send,
    upload: createUpload({ ...options, send }),
    signal: createSignal({ ...options, access }),
    poll: createPoll({ ...options, access, echoMatching }),
    list: createList({ ...options, access }),
    availability: createAvailability(options),
    end,
    merge,

    /**
     * Streams the transcript as a PDF.
     * @throws {GatewayError} unsupported where the organisation does not allow it
     */
    transcript: (owned: OwnedConversation) =>
      access.withConversation(owned, async (ref) => ({
        name: `conversation-${owned.conversation.id}.pdf`,
        pdf: await options.messaging.retrieveConversationTranscript(ref),
      })),

    /**
     * Tells if a device is still signed in, and when a guest's last conversation is lost with its
     * token (epoch milliseconds; null without one).
     */
    async sessionStatus(caller: Device): Promise<{ isActive: boolean; until: number | null }> {
      const { isRevoked, conversations } = await records.readRecord(caller)
      const alive = conversations.filter(
        (conversation) => conversation.status === 'open' && access.isAlive(conversation),
      )
      const ends = alive.flatMap(({ expiresAt }) => expiresAt ?? [])
      return { isActive: !isRevoked, until: ends.length === 0 ? null : Math.max(...ends) }
    },

    /**
     * Ends a guest's conversations as far as Salesforce allows, takes their tokens back, then forgets
     * the guest. A start that is under way comes to its end first, so that nothing is left behind.
     * Gives how many were open, and how many of them Salesforce ended.
     */
    forgetGuest(caller: Device): Promise<{ open: number; ended: number }> {
      return locks.withLock(caller.id, 'start', async () => {
        const { conversations, tokenOf } = await records.readRecord(caller)
        const open = conversations.filter(
          ({ status }) => status === 'open' || status === 'starting',
        )
        const endings = open.map((conversation) => {
          const owned = { visitorId: caller.id, conversation, token: tokenOf(conversation) }
          return end(owned, 'conversation')
        })
        const outcomes = await Promise.allSettled(endings)
        const { token } = await records.readRecord(caller)
        await records.writeTombstone(caller.id)
        if (token) await tokens.revoke(caller.id, token)
        const ended = outcomes.filter(({ status }) => status === 'fulfilled').length
        return { open: open.length, ended }
      })
    },
  }
}
