/**
 * Finds and deletes everything that is kept of one visitor, for deletion on request. Keys are found
 * by scanning the names under the prefix: a key that contains the id of the visitor, or of one of
 * the visitor's conversations, belongs to the visitor.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { parseOrNull, redisStrings, storedConversation } from './record.js'
import { commit, orStoreUnavailable, readReply } from './redis.js'
import { refusal } from './tombstones.js'

const page = z.tuple([z.coerce.string(), z.array(z.string())])

/** Sets the COUNT of a SCAN, which is one request. */
const scanCount = 1000
/** Limits the keys that one DEL names. */
const deleteBatchSize = 100

/** Describes a key, and its kind by its name (`visitor`, `family`, `send` …). */
export type StoredKey = { key: string; kind: string }

/** Describes the summary of a visitor's record, read without prolonging it. */
export type VisitorSummary = {
  conversationIds: readonly string[]
  /** Holds the number of conversations that are open, or being opened. */
  open: number
  /** Holds the guests whom the visitor was before signing in, as far as conversations tell. */
  formerGuests: readonly string[]
  /** Holds the known visitor that a guest has become by signing in. */
  mergedInto: string | null
  /** Nothing is left of the record but the fields that refuse old tokens. */
  isTombstone: boolean
}

type Options = { redis: Redis; keys: Keys; tombstoneMs: number }

export type Erasure = ReturnType<typeof createErasure>

/** Creates the erasure of visitors. `tombstoneMs`: lifetime of the refusal of old tokens. */
export function createErasure({ redis, keys, tombstoneMs }: Options) {
  const root = keys.owner('').replace(/owner:$/, '')

  async function* scanKeys(pattern: string): AsyncGenerator<readonly string[]> {
    let cursor = '0'
    do {
      const scanned = await orStoreUnavailable(
        redis.scan(cursor, { match: pattern, count: scanCount }),
      )
      const [next, found] = page.parse(scanned)
      cursor = next
      yield found
    } while (cursor !== '0')
  }

  async function ownersOf(found: readonly string[]): Promise<readonly (string | null)[]> {
    return found.length === 0
      ? []
      : redisStrings.parse(await orStoreUnavailable(redis.mget([...found])))
  }

  /** Finds the conversations that a visitor owns, including those that left the record. */
  async function conversationIdsOwnedBy(visitorId: string): Promise<string[]> {
    const prefix = keys.owner('')
    const matching: string[] = []
    for await (const found of scanKeys(`${prefix}*`)) {
      const owners = await ownersOf(found)
      const owned = found.filter((_, index) => owners[index] === visitorId)
      matching.push(...owned.map((key) => key.slice(prefix.length)))
    }
    return matching
  }

  return {
    /** Summarises a visitor's record, and looks for conversations that are not in it. */
    async visitorSummary(visitorId: string): Promise<VisitorSummary> {
      const key = keys.visitor(visitorId)
      const names = z.array(z.string()).parse(await orStoreUnavailable(redis.hkeys(key)))
      const listed = names.filter((name) => name.startsWith('c:'))
      const fields = redis.hmget(key, 'gone', ...listed)
      const [merged, ...stored] = await readReply(redisStrings, fields)
      const conversations = stored.flatMap((json) => parseOrNull(storedConversation, json) ?? [])
      const ids = [
        ...listed.map((name) => name.slice(2)),
        ...(await conversationIdsOwnedBy(visitorId)),
      ]
      const subjects = new Set(conversations.map(({ subject }) => subject))
      const gone = merged ?? 'nobody'
      return {
        conversationIds: [...new Set(ids)],
        open: conversations.filter(({ status }) => status === 'open' || status === 'starting')
          .length,
        formerGuests: [...subjects].filter((subject) => subject !== visitorId),
        mergedInto: gone === 'nobody' ? null : gone,
        isTombstone: names.every((name) => name === 'gone' || name === 'out'),
      }
    },

    /** Finds every key whose name contains one of these ids of visitors and conversations. */
    async keysNaming(ids: readonly string[]): Promise<StoredKey[]> {
      const matching = new Set<string>()
      for await (const found of scanKeys(`${root}*`)) {
        for (const key of found) if (ids.some((id) => key.includes(id))) matching.add(key)
      }
      return [...matching].map((key) => ({
        key,
        kind: key.slice(root.length, key.indexOf(':', root.length)),
      }))
    },

    /** Deletes keys, and returns the number of those that still existed. */
    async deleteKeys(keysToDelete: readonly StoredKey[]): Promise<number> {
      let removed = 0
      for (let from = 0; from < keysToDelete.length; from += deleteBatchSize) {
        const batch = keysToDelete.slice(from, from + deleteBatchSize).map(({ key }) => key)
        removed += await orStoreUnavailable(redis.del(...batch))
      }
      return removed
    },

    /** Refuses every token of the visitor from now on, regardless of the rest of the record. */
    async refuseTokens(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      await orStoreUnavailable(redis.eval(...refusal(key, 0, tombstoneMs)))
    },

    /**
     * Replaces the record by that refusal. A visitor who signs in again starts with a new record.
     */
    async replaceByTombstone(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      await commit(
        redis
          .multi()
          .del(key)
          .eval(...refusal(key, 0, tombstoneMs)),
      )
    },
  }
}
