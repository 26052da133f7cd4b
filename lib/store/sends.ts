/**
 * The send log: what became of each message id. It holds a hash of the content, never the content.
 * Changing an entry always names the value it replaces, so of two that want to send only one does.
 */
import type { Redis } from '@upstash/redis'
import * as z from 'zod'
import type { Keys } from './keys.js'
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

const replaceScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`

export type MessageKey = { conversationId: string; id: string }

export type Sends = ReturnType<typeof createSends>

type Options = { redis: Redis; keys: Keys; lifetimeMs: number }

export function createSends({ redis, keys, lifetimeMs }: Options) {
  const keyOf = ({ conversationId, id }: MessageKey) => keys.send(conversationId, id)

  function read(written: string): LoggedAttempt {
    return { ...attempt.parse(JSON.parse(written)), written }
  }

  async function replace(message: MessageKey, old: string, next: string): Promise<boolean> {
    const args = [old, next, String(lifetimeMs)]
    const done = await fromStore(
      redis.eval<string[], number>(replaceScript, [keyOf(message)], args),
    )
    return Number(done) === 1
  }

  return {
    /**
     * Logs a first attempt: `mine` when it is ours to make, else what is logged already; null when
     * that was given back in between.
     */
    async claim(
      message: MessageKey,
      first: Attempt,
    ): Promise<{ mine: LoggedAttempt } | { earlier: LoggedAttempt | null }> {
      const written = JSON.stringify(first)
      const key = keyOf(message)
      const [claimed, logged] = await fromStore(
        Promise.all([
          redis.set(key, written, { nx: true, px: lifetimeMs }),
          redis.get<string>(key),
        ]),
      )
      if (claimed !== null) return { mine: read(written) }
      return { earlier: logged === null ? null : read(logged) }
    },

    /** What is logged now; null when nothing is. */
    async find(message: MessageKey): Promise<LoggedAttempt | null> {
      const written = await fromStore(redis.get<string>(keyOf(message)))
      return typeof written === 'string' ? read(written) : null
    },

    /** Replaces an attempt by another; null when somebody else was faster. */
    async advance(
      message: MessageKey,
      from: LoggedAttempt,
      to: Attempt,
    ): Promise<LoggedAttempt | null> {
      const written = JSON.stringify(to)
      return (await replace(message, from.written, written)) ? { ...to, written } : null
    },

    /** Forgets an attempt that certainly had no effect. */
    async release(message: MessageKey, from: LoggedAttempt): Promise<void> {
      await replace(message, from.written, '')
    },
  }
}
