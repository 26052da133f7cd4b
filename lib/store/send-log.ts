/**
 * The send log: what became of each message id. It holds a hash of the content, never the content.
 * Changing an entry always names the value it replaces, so of two that want to send only one does.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { createDeferredWrites } from './deferred-writes.js'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

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

export type SendLog = ReturnType<typeof createSendLog>

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

/** Keeps the log; `lifetimeMs`: for how long an id is known. */
export function createSendLog({ redis, keys, lifetimeMs }: Options) {
  const deferredWrites = createDeferredWrites({ redis, lifetimeMs })
  const keyOf = ({ conversationId, id }: MessageKey) => keys.send(conversationId, id)

  function parseAttempt(written: string): LoggedAttempt {
    return { ...attempt.parse(JSON.parse(written)), written }
  }

  return {
    /**
     * Logs a first attempt: `mine` when it is ours to make, else what is logged already; null when
     * that was given back in between. A claim whose answer is lost is given back: nothing was sent.
     */
    async claim(
      key: MessageKey,
      first: Attempt,
    ): Promise<{ mine: LoggedAttempt } | { earlier: LoggedAttempt | null }> {
      const written = JSON.stringify(first)
      const redisKey = keyOf(key)
      deferredWrites.flush(redisKey)
      const [claimed, logged] = await orStoreUnavailable(
        Promise.all([
          redis.set(redisKey, written, { nx: true, px: lifetimeMs }),
          redis.get<string>(redisKey),
        ]).catch(async (error: unknown) => {
          await deferredWrites.undo({ key: redisKey, old: written, next: '' })
          throw error
        }),
      )
      if (claimed !== null) return { mine: parseAttempt(written) }
      return { earlier: logged === null ? null : parseAttempt(logged) }
    },

    /** Reads the logged attempt; null when there is none. */
    async find(key: MessageKey): Promise<LoggedAttempt | null> {
      const redisKey = keyOf(key)
      deferredWrites.flush(redisKey)
      const written = await orStoreUnavailable(redis.get<string>(redisKey))
      return typeof written === 'string' ? parseAttempt(written) : null
    },

    /**
     * Takes an attempt over; null when another call was faster. If the answer is lost, the attempt
     * is put back as it was.
     */
    async takeOver(
      key: MessageKey,
      from: LoggedAttempt,
      to: Attempt,
    ): Promise<LoggedAttempt | null> {
      const redisKey = keyOf(key)
      const written = JSON.stringify(to)
      const isMine = await orStoreUnavailable(
        deferredWrites
          .change({ key: redisKey, old: from.written, next: written })
          .catch(async (error: unknown) => {
            await deferredWrites.undo({ key: redisKey, old: written, next: from.written })
            throw error
          }),
      )
      return isMine ? { ...to, written } : null
    },

    /**
     * Records the outcome of an attempt, unless another call took it over; when Redis fails, later.
     */
    async conclude(key: MessageKey, from: LoggedAttempt, to: Attempt): Promise<void> {
      const next = JSON.stringify(to)
      await deferredWrites.eventually({ key: keyOf(key), old: from.written, next })
    },

    /** Forgets an attempt that certainly had no effect; when Redis fails, later. */
    async release(key: MessageKey, from: LoggedAttempt): Promise<void> {
      await deferredWrites.eventually({ key: keyOf(key), old: from.written, next: '' })
    },
  }
}
