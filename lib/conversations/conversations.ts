/** The use cases of a conversation, joined: the only place that knows Redis and Salesforce at once. */
import type { Cursors } from '../polling/cursor.js'
import type { Messaging } from '../salesforce/messaging.js'
import type { Limiter } from '../store/limiter.js'
import type { Locks } from '../store/locks.js'
import type { Records } from '../store/records.js'
import type { Sends } from '../store/sends.js'
import type { Typing } from '../store/typing.js'
import type { Vault } from '../store/vault.js'
import { createEnder } from './end.js'
import { createReaches } from './reach.js'
import { createReader } from './read.js'
import { createSpeaker } from './say.js'
import { createSignaller } from './signal.js'
import { createStarter } from './start.js'

type Options = {
  messaging: Messaging
  records: Records
  sends: Sends
  locks: Locks
  typing: Typing
  limiter: Limiter
  vault: Vault
  cursors: Cursors
  deployment: string
  callerAttributes: readonly string[]
  endedConversationMs: number
  maxConversations: number
  settleMs: number
}

export type Conversations = ReturnType<typeof createConversations>

export function createConversations(options: Options) {
  const reaches = createReaches(options)
  const end = createEnder({ ...options, reaches })

  return {
    start: createStarter({ ...options, reaches }),
    say: createSpeaker({ ...options, reaches }),
    signal: createSignaller({ ...options, reaches }),
    read: createReader({ ...options, reaches }),
    end,

    /** When a guest's last conversation is lost with its token, epoch milliseconds; null without one. */
    async guestUntil(caller: { id: string; family: string }): Promise<number | null> {
      const { conversations } = await options.records.read(caller)
      const alive = conversations.filter(
        (conversation) => conversation.status === 'open' && reaches.isAlive(conversation),
      )
      const ends = alive.flatMap(({ expiresAt }) => expiresAt ?? [])
      return ends.length === 0 ? null : Math.max(...ends)
    },

    /**
     * Ends a guest's conversations as far as Salesforce allows, then forgets the guest. A start that is
     * under way comes to its end first, so that nothing is left behind.
     */
    forget(caller: { id: string; family: string }): Promise<void> {
      return options.locks.hold(caller.id, 'start', async () => {
        const { conversations } = await options.records.read(caller)
        const own = conversations
          .filter(({ status }) => status === 'open' || status === 'starting')
          .map((conversation) => ({ visitorId: caller.id, conversation }))
        await Promise.allSettled(own.map((each) => end(each, 'conversation')))
        await options.records.bury(caller.id)
      })
    },
  }
}
