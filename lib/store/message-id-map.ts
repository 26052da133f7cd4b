/**
 * Maps Salesforce's ids of messages to ours, where Salesforce chooses them. A message under way is
 * pending: until its id is known, its echo cannot be distinguished from another message.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { fieldsOf, redisStrings } from './record.js'
import { commit, orStoreUnavailable, readReply } from './redis.js'
import type { MessageKey } from './send-log.js'

/**
 * Describes a message under way: when it was sent, and until when its id may become known (epoch
 * milliseconds of the shared clock).
 */
const pendingMessage = z.object({ since: z.number(), until: z.number() })
export type PendingMessage = z.infer<typeof pendingMessage>

/**
 * Describes the known ids of a page's messages: ours by Salesforce's, and the messages still under
 * way.
 */
type KnownMessageIds = {
  ids: ReadonlyMap<string, string>
  pending: readonly PendingMessage[]
}

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export type MessageIdMap = ReturnType<typeof createMessageIdMap>

/** Creates the map; `lifetimeMs`: lifetime of what it stores of a conversation. */
export function createMessageIdMap({ redis, keys, lifetimeMs }: Options) {
  return {
    /** Records that a message is about to be sent. */
    async expect({ conversationId, id }: MessageKey, message: PendingMessage): Promise<void> {
      const key = keys.pendingMessages(conversationId)
      const text = JSON.stringify(message)
      await orStoreUnavailable(
        Promise.all([redis.hset(key, { [id]: text }), redis.pexpire(key, lifetimeMs)]),
      )
    },

    /** Records the id under which Salesforce lists the message; null when it will not be listed. */
    async resolve({ conversationId, id }: MessageKey, listedId: string | null): Promise<void> {
      const change = redis.multi().hdel(keys.pendingMessages(conversationId), id)
      const key = keys.messageIds(conversationId)
      if (listedId !== null) change.hset(key, { [listedId]: id }).pexpire(key, lifetimeMs)
      await commit(change)
    },

    /**
     * Looks up our ids of listed messages. Pending messages are read first: an id that is recorded
     * in between is then found, while the other order would find it in neither.
     */
    async lookUp(conversationId: string, listedIds: readonly string[]): Promise<KnownMessageIds> {
      const [pendingFields, ids] = await Promise.all([
        readReply(redisStrings, redis.hgetall(keys.pendingMessages(conversationId))),
        readReply(redisStrings, redis.hmget(keys.messageIds(conversationId), ...listedIds)),
      ])
      const known = ids.map((id, index): [string, string | null] => {
        return [listedIds[index] ?? '', id]
      })
      return {
        ids: new Map(known.flatMap(([listedId, id]) => (id === null ? [] : [[listedId, id]]))),
        pending: [...fieldsOf(pendingFields).values()].map((text) =>
          pendingMessage.parse(JSON.parse(text)),
        ),
      }
    },
  }
}
