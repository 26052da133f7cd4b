/**
 * The send log: what became of each message id. It holds a hash of the content, never the content.
 * Changing an entry always names the value it replaces, so of two that want to send only one does.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
import { createLeftovers } from './leftovers.js'
import { fromStore } from './redis.js'

const attempt = z.object({
  /** SHA-256 of the content first sent under this id. */
  hash: z.string(),
  /** `sending`: an attempt is under way, or died; `unclear`: it was given up without an answer. */
  state: z.enum(['sending', 'unclear', 'sent']),
  /** When the first attempt began, epoch milliseconds. */
  since: z.number(),
  /** When the last attempt is or was given up, epoch milliseconds; for `sent`, Salesforce's timestamp. */
  at: z.number(),
  /** Unlike that of any other attempt, so that no two entries are the same text. */
  by: z.string(),
})
export type Attempt = z.infer<typeof attempt>

/** An attempt as it stands in the log; `written` is the exact text, which a change must name. */
export type LoggedAttempt = Attempt & { written: string }

export type MessageKey = { conversationId: string; id: string }

export type Sends = ReturnType<typeof createSends>

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

/** Keeps the log; `lifetimeMs`: for how long an id is known. */
export function createSends({ redis, keys, lifetimeMs }: Options) {
  const leftovers = createLeftovers({ redis, lifetimeMs })
  const keyOf = ({ conversationId, id }: MessageKey) => keys.send(conversationId, id)

  function read(written: string): LoggedAttempt {
    return { ...attempt.parse(JSON.parse(written)), written }
  }

  return {
    /**
     * Logs a first attempt: `mine` when it is ours to make, else what is logged already; null when
     * that was given back in between. A claim whose answer is lost is given back: nothing was sent.
     */
    async claim(
      message: MessageKey,
      first: Attempt,
    ): Promise<{ mine: LoggedAttempt } | { earlier: LoggedAttempt | null }> {
      const written = JSON.stringify(first)
      const key = keyOf(message)
      leftovers.clear(key)
      const [claimed, logged] = await fromStore(
        Promise.all([
          redis.set(key, written, { nx: true, px: lifetimeMs }),
          redis.get<string>(key),
        ]).catch(async (error: unknown) => {
          await leftovers.undo({ key, old: written, next: '' })
          throw error
        }),
      )
      if (claimed !== null) return { mine: read(written) }
      return { earlier: logged === null ? null : read(logged) }
    },

    /** What is logged now; null when nothing is. */
    async find(message: MessageKey): Promise<LoggedAttempt | null> {
      const key = keyOf(message)
      leftovers.clear(key)
      const written = await fromStore(redis.get<string>(key))
      return typeof written === 'string' ? read(written) : null
    },

    /**
     * Takes an attempt over; null when somebody else was faster. One whose answer is lost is put back
     * as it was.
     */
    async takeOver(
      message: MessageKey,
      from: LoggedAttempt,
      to: Attempt,
    ): Promise<LoggedAttempt | null> {
      const key = keyOf(message)
      const written = JSON.stringify(to)
      const isMine = await fromStore(
        leftovers
          .change({ key, old: from.written, next: written })
          .catch(async (error: unknown) => {
            await leftovers.undo({ key, old: written, next: from.written })
            throw error
          }),
      )
      return isMine ? { ...to, written } : null
    },

    /** Notes what became of an attempt, unless somebody else took it over; when Redis fails, later. */
    async conclude(message: MessageKey, from: LoggedAttempt, to: Attempt): Promise<void> {
      const next = JSON.stringify(to)
      await leftovers.insist({ key: keyOf(message), old: from.written, next })
    },

    /** Forgets an attempt that certainly had no effect; when Redis fails, later. */
    async release(message: MessageKey, from: LoggedAttempt): Promise<void> {
      await leftovers.insist({ key: keyOf(message), old: from.written, next: '' })
    },
  }
}
