/** The use cases of a conversation, joined: the only place that knows Redis and Salesforce at once. */
import type { Cursors } from '../polling/cursor.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { EchoBook } from '../store/echoes.js'
import type { HoursCache } from '../store/hours.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Device } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Sends } from '../store/sends.js'
import type { Typing } from '../store/typing.js'
import type { Vault } from '../store/vault.js'
import { createAvailability } from './availability.js'
import { createEchoes, selfEvident } from './echoes.js'
import { createEnder } from './end.js'
import { createMerger } from './merge.js'
import { createLister } from './mine.js'
import { createPasses, type Own } from './passes.js'
import { createReaches } from './reach.js'
import { createReader } from './read.js'
import { createSpeaker } from './say.js'
import { createSignaller } from './signal.js'
import { createStarter } from './start.js'
import { createUploader, withUploads } from './upload.js'

type Options = {
  messaging: Messaging
  records: Records
  sends: Sends
  echoBook: EchoBook
  hours: HoursCache
  locks: Locks
  typing: Typing
  limiter: Limiter
  vault: Vault
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
  const passes = createPasses(options)
  const reaches = createReaches({ ...options, passes })
  const start = createStarter({ ...options, passes, reaches })
  const echoes = options.messaging.traits.ourIds ? selfEvident : createEchoes(options.echoBook)
  const say = createSpeaker({ ...options, reaches, echoes })
  const end = createEnder({ ...options, reaches })
  const merge = createMerger(options)

  return {
    start: async (...wish: Parameters<typeof start>) =>
      withUploads(await start(...wish), options.uploadTypes),
    say,
    upload: createUploader({ ...options, say }),
    signal: createSignaller({ ...options, reaches }),
    read: createReader({ ...options, reaches, echoes }),
    list: createLister({ ...options, reaches }),
    availability: createAvailability(options),
    end,
    merge,

    /** What was said, as a PDF. Throws `unsupported` where the organisation does not allow it. */
    transcript: (own: Own) =>
      reaches.within(own, async (reach) => ({
        name: `conversation-${own.conversation.id}.pdf`,
        pdf: await options.messaging.transcript(reach),
      })),

    /**
     * Whether a device is still welcome, and when a guest's last conversation is lost with its token
     * (epoch milliseconds; null without one).
     */
    async standingOf(caller: Device): Promise<{ isWelcome: boolean; until: number | null }> {
      const { gone, conversations } = await records.read(caller)
      const alive = conversations.filter(
        (conversation) => conversation.status === 'open' && reaches.isAlive(conversation),
      )
      const ends = alive.flatMap(({ expiresAt }) => expiresAt ?? [])
      return { isWelcome: !gone, until: ends.length === 0 ? null : Math.max(...ends) }
    },

    /**
     * Ends a guest's conversations as far as Salesforce allows, takes their tokens back, then forgets
     * the guest. A start that is under way comes to its end first, so that nothing is left behind.
     * Gives how many were open, and how many of them Salesforce ended.
     */
    forget(caller: Device): Promise<{ open: number; ended: number }> {
      return locks.hold(caller.id, 'start', async () => {
        const { conversations, passOf } = await records.read(caller)
        const open = conversations.filter(
          ({ status }) => status === 'open' || status === 'starting',
        )
        const endings = open.map((conversation) => {
          const own = { visitorId: caller.id, conversation, pass: passOf(conversation) }
          return end(own, 'conversation')
        })
        const outcomes = await Promise.allSettled(endings)
        const { pass } = await records.read(caller)
        await records.bury(caller.id)
        if (pass) await passes.revoke(caller.id, pass)
        const ended = outcomes.filter(({ status }) => status === 'fulfilled').length
        return { open: open.length, ended }
      })
    },
  }
}
