/**
 * All that is kept of one visitor, for deletion on request. Keys are found by walking through the names
 * under our prefix: whatever names the visitor or one of the visitor's conversations is theirs.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { pairs, parseOrNothing, storedConversation, values } from './record.js'
import { commit, fromStore } from './redis.js'

const page = z.tuple([z.coerce.string(), z.array(z.string())])

/** Names asked for at once; one request each. */
const step = 1000
/** Keys deleted at once. */
const atOnce = 100

/** Keys by what they are (`visitor`, `family`, `send` …). */
export type Trace = { key: string; kind: string }

/** Who a visitor is to the store, told without prolonging anything. */
export type Standing = {
  conversationIds: readonly string[]
  /** How many conversations are open, or being opened. */
  open: number
  /** The guests whom the visitor was before signing in, as far as conversations tell. */
  formerGuests: readonly string[]
  /** Whom a guest has become by signing in. */
  heir: string | null
  /** Nothing is left of the record but what refuses old tokens. */
  isTombstone: boolean
}

type Options = { redis: Redis; keys: Keys; tombstoneMs: number }

export type Traces = ReturnType<typeof createTraces>

export function createTraces({ redis, keys, tombstoneMs }: Options) {
  const root = keys.owner('').replace(/owner:$/, '')

  async function* names(pattern: string): AsyncGenerator<readonly string[]> {
    let cursor = '0'
    do {
      const scanned = await fromStore(redis.scan(cursor, { match: pattern, count: step }))
      const [next, found] = page.parse(scanned)
      cursor = next
      yield found
    } while (cursor !== '0')
  }

  async function ownersAmong(found: readonly string[]): Promise<readonly (string | null)[]> {
    return found.length === 0 ? [] : values.parse(await fromStore(redis.mget([...found])))
  }

  /** The conversations that belong to a visitor, those that the record has forgotten too. */
  async function ownedBy(visitorId: string): Promise<string[]> {
    const prefix = keys.owner('')
    const own: string[] = []
    for await (const found of names(`${prefix}*`)) {
      const owners = await ownersAmong(found)
      const mine = found.filter((_, index) => owners[index] === visitorId)
      own.push(...mine.map((key) => key.slice(prefix.length)))
    }
    return own
  }

  return {
    async standingOf(visitorId: string): Promise<Standing> {
      const all = await fromStore(redis.hgetall(keys.visitor(visitorId)))
      const fields = pairs(values.parse(all))
      const listed = [...fields].filter(([field]) => field.startsWith('c:'))
      const conversations = listed.flatMap(
        ([, json]) => parseOrNothing(storedConversation, json) ?? [],
      )
      const ids = [...listed.map(([field]) => field.slice(2)), ...(await ownedBy(visitorId))]
      const subjects = new Set(conversations.map(({ subject }) => subject))
      const gone = fields.get('gone') ?? 'nobody'
      return {
        conversationIds: [...new Set(ids)],
        open: conversations.filter(({ status }) => status === 'open' || status === 'starting')
          .length,
        formerGuests: [...subjects].filter((subject) => subject !== visitorId),
        heir: gone === 'nobody' ? null : gone,
        isTombstone: [...fields.keys()].every((field) => field === 'gone' || field === 'out'),
      }
    },

    /** Every key whose name holds one of these ids of visitors and conversations. */
    async naming(marks: readonly string[]): Promise<Trace[]> {
      const own = new Set<string>()
      for await (const found of names(`${root}*`)) {
        for (const key of found) if (marks.some((mark) => key.includes(mark))) own.add(key)
      }
      return [...own].map((key) => ({
        key,
        kind: key.slice(root.length, key.indexOf(':', root.length)),
      }))
    },

    /** Deletes keys; gives how many were still there. */
    async remove(traces: readonly Trace[]): Promise<number> {
      let removed = 0
      for (let from = 0; from < traces.length; from += atOnce) {
        const batch = traces.slice(from, from + atOnce).map(({ key }) => key)
        removed += await fromStore(redis.del(...batch))
      }
      return removed
    },

    /** Refuses every token of the visitor from now on, whatever else the record holds. */
    async refuse(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      await commit(
        redis
          .multi()
          .hset(key, { out: String(Date.now()) })
          .pexpire(key, tombstoneMs),
      )
    },

    /** Leaves of the record only that; whoever signs in anew is welcome, and new. */
    async replaceByTombstone(visitorId: string): Promise<void> {
      const key = keys.visitor(visitorId)
      const fields = { out: String(Date.now()) }
      await commit(redis.multi().del(key).hset(key, fields).pexpire(key, tombstoneMs))
    },
  }
}
