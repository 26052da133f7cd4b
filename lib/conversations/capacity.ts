/** Decides which conversations a record keeps, for every writer that adds to it. */
import type { Clock } from '../clock.js'
import type { StoredConversation } from '../store/record.js'
import type { ConversationAccess } from './access.js'

type Options = {
  access: ConversationAccess
  clock: Clock
  endedConversationMs: number
  maxConversations: number
}

type Conversations = readonly StoredConversation[]

/** Returns the newest first. */
export function newestFirst(conversations: Conversations): StoredConversation[] {
  return [...conversations].sort((a, b) => b.startedAt - a.startedAt)
}

export type Capacity = ReturnType<typeof createCapacity>

export function createCapacity({ access, clock, endedConversationMs, maxConversations }: Options) {
  function isOpen(conversation: StoredConversation): boolean {
    return conversation.status !== 'ended' && access.isAlive(conversation)
  }

  function overSince({ endedAt, expiresAt, startedAt }: StoredConversation): number {
    return endedAt ?? expiresAt ?? startedAt
  }

  return {
    /** Tells that there are as many open conversations as a record may hold. */
    isFull(conversations: Conversations): boolean {
      return conversations.filter(isOpen).length >= maxConversations
    },

    /** Returns the oldest open conversations above the maximum: they must be ended. */
    surplus(conversations: Conversations): StoredConversation[] {
      return newestFirst(conversations.filter(isOpen)).slice(maxConversations)
    },

    /**
     * Returns the ids of the conversations that are over long enough, and of the oldest ended ones
     * above the maximum, so that so many more find room.
     */
    outdated(conversations: Conversations, more: number): string[] {
      const over = newestFirst(conversations).filter((conversation) => !isOpen(conversation))
      const openCount = conversations.length - over.length
      const kept = Math.max(0, maxConversations - more - openCount)
      return over
        .filter((conversation, index) => {
          const age = clock.now() - overSince(conversation)
          return index >= kept || age > endedConversationMs
        })
        .map(({ id }) => id)
    },
  }
}
