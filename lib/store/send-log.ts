/**
 * Logs the state of each message id. The log holds a hash of the content, never the content. A
 * change of an entry always names the value it replaces, so of two calls only one sends.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import { isProblem } from '../problem.js'
import { createDeferredWrites } from './deferred-writes.js'
import type { Keys } from './keys.js'
import { type IsDoubted, orStoreUnavailable, readReply } from './redis.js'
import { createStepScript, type Step, takeStep } from './sliding-log.js'

const attempt = z.object({
  /** Holds SHA-256 of the content first sent under this id. */
  hash: z.string(),
  /**
   * Tells the state; `sending`: an attempt is under way, or died; `unclear`: it was given up
   * without an answer.
   */
  state: z.enum(['sending', 'unclear', 'sent']),
  /** Holds the start of the first attempt, epoch milliseconds of the shared clock, as `at`. */
  since: z.number(),
  /**
   * Holds a moment by which the last attempt is or was certainly given up; for `sent`, Salesforce's
   * timestamp.
   */
  at: z.number(),
  /** Holds a nonce: makes each entry unique, so that compare-and-set on the raw text is safe. */
  by: z.string(),
})
export type Attempt = z.infer<typeof attempt>

/** Describes an attempt in the log; `written` is its exact text, which a change must name. */
export type LoggedAttempt = Attempt & { written: string }

/** Identifies a message. */
export type MessageKey = { conversationId: string; id: string }

/**
 * Describes the result of a claim: `mine` when the call may make the attempt, else the `earlier`
 * one. `mayBeRepeat`: Redis may have lost an earlier attempt.
 */
export type Claim = { mine: LoggedAttempt; mayBeRepeat: boolean } | { earlier: LoggedAttempt }

export type SendLog = ReturnType<typeof createSendLog>

/**
 * Logs the attempt `ARG[1]` for `ARG[2]` milliseconds, unless one is logged: of two calls only one
 * does. The script that counts the call takes this step, so that a call that a limit refuses claims
 * nothing. Returns the earlier attempt; an empty text when there is none.
 */
const claimScript = createStepScript(`
if redis.call('SET', KEY, ARG[1], 'NX', 'PX', ARG[2]) then return '' end
return redis.call('GET', KEY)
`)

type Options = {
  redis: Redis
  keys: Keys
  lifetimeMs: number
  /** Tells that Redis may have lost what it wrote last. */
  isDoubted: IsDoubted
}

/** Creates the log; `lifetimeMs`: lifetime of an entry. */
export function createSendLog({ redis, keys, lifetimeMs, isDoubted }: Options) {
  const deferredWrites = createDeferredWrites({ redis, lifetimeMs })
  const keyOf = ({ conversationId, id }: MessageKey) => keys.send(conversationId, id)

  function parseAttempt(written: string): LoggedAttempt {
    return { ...attempt.parse(JSON.parse(written)), written }
  }

  /** Takes back a claim for a call that failed before it sent anything. */
  async function takeBack(key: string, old: string, claim: Claim | null, error: unknown) {
    if (claim) {
      if ('mine' in claim) await deferredWrites.eventually({ key, old, next: '' })
    } else if (!isProblem(error, 'rate_limited')) {
      await deferredWrites.undo({ key, old, next: '' })
    }
  }

  /**
   * Logs a first attempt in a request to Redis that does more: `work` takes the step there. When
   * the work fails, nothing was sent: a claim that was made is released, and one whose answer was
   * lost is undone.
   */
  async function claim<T>(
    key: MessageKey,
    first: Attempt,
    work: (step: Step<Claim>) => Promise<T>,
  ): Promise<T> {
    const written = JSON.stringify(first)
    const redisKey = keyOf(key)
    let claim: Claim | null = null
    function read(reply: unknown): Claim {
      const earlier = z.string().parse(reply)
      const mayBeRepeat = isDoubted()
      claim =
        earlier === ''
          ? { mine: parseAttempt(written), mayBeRepeat }
          : { earlier: parseAttempt(earlier) }
      return claim
    }
    deferredWrites.flush(redisKey)
    try {
      return await work({ script: claimScript, key: redisKey, args: [written, lifetimeMs], read })
    } catch (error) {
      await takeBack(redisKey, written, claim, error)
      throw error
    }
  }

  return {
    claim,

    /** Logs a first attempt for a call that was counted before. */
    claimNow: (key: MessageKey, first: Attempt): Promise<Claim> =>
      claim(key, first, (step) => takeStep(redis, step)),

    /** Reads the logged attempt; null when there is none. */
    async find(key: MessageKey): Promise<LoggedAttempt | null> {
      const redisKey = keyOf(key)
      deferredWrites.flush(redisKey)
      return await readReply(z.string().transform(parseAttempt).nullable(), redis.get(redisKey))
    },

    /**
     * Takes an attempt over; null when another call was faster. If the answer is lost, the change
     * is undone.
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

    /** Deletes an attempt that certainly had no effect; when Redis fails, later. */
    async release(key: MessageKey, from: LoggedAttempt): Promise<void> {
      await deferredWrites.eventually({ key: keyOf(key), old: from.written, next: '' })
    },
  }
}
