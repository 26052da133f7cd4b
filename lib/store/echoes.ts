/**
 * Where Salesforce names messages by itself: under which id of ours its echo belongs. A message under way
 * is awaited: until its name is known, nobody can tell its echo from somebody else's.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { pairs, values } from './record.js'
import { commit, fromStore } from './redis.js'
import type { MessageKey } from './sends.js'

/** A message under way: when it was sent and until when its name may still come (epoch milliseconds). */
const awaited = z.object({ since: z.number(), until: z.number() })
export type Awaited = z.infer<typeof awaited>

/** What is known of a page's messages: our ids by Salesforce's names, and what is still under way. */
export type Known = { ids: ReadonlyMap<string, string>; awaited: readonly Awaited[] }

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export type EchoBook = ReturnType<typeof createEchoBook>

export function createEchoBook({ redis, keys, lifetimeMs }: Options) {
  return {
    /** Notes that a message is about to be sent. */
    async expect({ conversationId, id }: MessageKey, message: Awaited): Promise<void> {
      const key = keys.unlisted(conversationId)
      const text = JSON.stringify(message)
      await fromStore(
        Promise.all([redis.hset(key, { [id]: text }), redis.pexpire(key, lifetimeMs)]),
      )
    },

    /** Notes what became of it: the name it is listed under, or null when none will come. */
    async settle({ conversationId, id }: MessageKey, name: string | null): Promise<void> {
      const change = redis.multi().hdel(keys.unlisted(conversationId), id)
      const key = keys.listed(conversationId)
      if (name !== null) change.hset(key, { [name]: id }).pexpire(key, lifetimeMs)
      await commit(change)
    },

    /**
     * What is known of messages by the names they are listed under. What is under way is read first: a
     * name that is noted in between is then found, where the other way round it would be in neither.
     */
    async find(conversationId: string, names: readonly string[]): Promise<Known> {
      const [underWay, ids] = await fromStore(
        Promise.all([
          redis.hgetall(keys.unlisted(conversationId)),
          redis.hmget(keys.listed(conversationId), ...names),
        ]),
      )
      const known = values.parse(ids).map((id, index): [string, string | null] => {
        return [names[index] ?? '', id]
      })
      return {
        ids: new Map(known.flatMap(([name, id]) => (id === null ? [] : [[name, id]]))),
        awaited: [...pairs(values.parse(underWay)).values()].map((text) =>
          awaited.parse(JSON.parse(text)),
        ),
      }
    },
  }
}
