/**
 * Finds and deletes everything that is kept of one visitor, for deletion on request. Keys are found
 * by scanning the names under the prefix: a key that contains the id of the visitor, or of one of
 * the visitor's conversations, belongs to the visitor.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { fieldsOf, parseOrNull, redisStrings, storedConversation } from './record.js'
import { commit, orStoreUnavailable } from './redis.js'

const page = z.tuple([z.coerce.string(), z.array(z.string())])

/** Names requested at once; one request each. */
const scanCount = 1000
/** Keys deleted at once. */
const deleteBatchSize = 100

/** Keys by what they are (`visitor`, `family`, `send` …). */
export type StoredKey = { key: string; kind: string }

/** Summary of a visitor's record, read without prolonging it. */
export type VisitorSummary = {
  conversationIds: readonly string[]
  /** The number of conversations that are open, or being opened. */
  open: number
  /** The guests whom the visitor was before signing in, as far as conversations tell. */
  formerGuests: readonly string[]
  /** The known visitor that a guest has become by signing in. */
  mergedInto: string | null
  /** Nothing is left of the record but what refuses old tokens. */
  isTombstone: boolean
}

type Options = { redis: Redis; keys: Keys; tombstoneMs: number }

export type Erasure = ReturnType<typeof createErasure>

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

  /** The conversations that belong to a visitor, those that the record has forgotten too. */
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
    async visitorSummary(visitorId: string): Promise<VisitorSummary> {
      const all = await orStoreUnavailable(redis.hgetall(keys.visitor(visitorId)))
      const fields = fieldsOf(redisStrings.parse(all))
      const listed = [...fields].filter(([field]) => field.startsWith('c:'))
      const conversations = listed.flatMap(
        ([, json]) => parseOrNull(storedConversation, json) ?? [],
      )
      const ids = [
        ...listed.map(([field]) => field.slice(2)),
        ...(await conversationIdsOwnedBy(visitorId)),
      ]
      const subjects = new Set(conversations.map(({ subject }) => subject))
      const gone = fields.get('gone') ?? 'nobody'
      return {
        conversationIds: [...new Set(ids)],
        open: conversations.filter(({ status }) => status === 'open' || status === 'starting')
          .length,
        formerGuests: [...subjects].filter((subject) => subject !== visitorId),
        mergedInto: gone === 'nobody' ? null : gone,
        isTombstone: [...fields.keys()].every((field) => field === 'gone' || field === 'out'),
      }
    },

    /** Every key whose name holds one of these ids of visitors and conversations. */
    async keysNaming(ids: readonly string[]): Promise<StoredKey[]> {
      const matching = new Set<string>()
      for await (const found of scanKeys(`${root}*`)) {
        for (const key of found) if (ids.some((mark) => key.includes(mark))) matching.add(key)
      }
      return [...matching].map((key) => ({
        key,
        kind: key.slice(root.length, key.indexOf(':', root.length)),
      }))
    },

    /** Deletes keys; gives how many were still there. */
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
      await commit(
        redis
          .multi()
          .hset(key, { out: String(Date.now()) })
          .pexpire(key, tombstoneMs),
      )
    },

    /** Replaces the record by that refusal. The visitor who signs in again is welcome, and new. */
    async replaceByTombstone(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      const fields = { out: String(Date.now()) }
      await commit(redis.multi().del(key).hset(key, fields).pexpire(key, tombstoneMs))
    },
  }
}
