/**
 * Throttles typing indicators. Over all instances, Salesforce gets "started" once in a while, and
 * "stopped" only after that.
 */
import type { Redis } from '@upstash/redis'
import type { Keys } from './keys.js'
import { orStoreUnavailable } from './redis.js'

/**
 * Sets the milliseconds between two "started". More of them are not needed: Salesforce's own client
 * shows one for 5 s (`enhanced-chat-api.md §2.12`).
 */
const throttleMs = 3000
/** Sets the milliseconds after which a "started" is forgotten, so that a "stopped" is not sent. */
const shownMs = 60_000

const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1], KEYS[2]) end
return 0
`

/** Describes a visitor in a conversation. */
type Typist = { visitorId: string; conversationId: string }

type Options = { redis: Redis; keys: Keys }

export type Typing = ReturnType<typeof createTyping>

/** Creates the throttle. */
export function createTyping({ redis, keys }: Options) {
  const throttleKey = ({ visitorId, conversationId }: Typist) =>
    keys.typingThrottle(visitorId, conversationId)
  const shownKey = ({ visitorId, conversationId }: Typist) =>
    keys.typingShown(visitorId, conversationId)

  const show = (typist: Typist) => redis.set(shownKey(typist), '1', { px: shownMs })
  const forget = (typist: Typist, id: string) =>
    redis.eval(releaseScript, [throttleKey(typist), shownKey(typist)], [id])

  /**
   * Undoes a write whose answer was lost: Salesforce got no indicator, and the repeat must send it.
   */
  function withUndo<T>(writing: Promise<T>, undo: () => Promise<unknown>): Promise<T> {
    return orStoreUnavailable(
      writing.catch(async (error: unknown) => {
        await undo().catch(() => undefined)
        throw error
      }),
    )
  }

  return {
    /**
     * Resolves to true when "started" is to be sent now, as the signal with this id; false when one
     * was sent a moment ago.
     */
    async start(typist: Typist, id: string): Promise<boolean> {
      const written = Promise.all([
        redis.set(throttleKey(typist), id, { nx: true, px: throttleMs }),
        redis.set(shownKey(typist), '1', { px: shownMs }),
      ])
      const [claimed] = await withUndo(written, () => forget(typist, id))
      return claimed !== null
    },

    /**
     * Resolves to true when "stopped" is to be sent; then the next "started" is sent without a
     * pause.
     */
    async stop(typist: Typist): Promise<boolean> {
      const deleted = redis.del(throttleKey(typist), shownKey(typist))
      return (await withUndo(deleted, () => show(typist))) > 0
    },

    /** Undoes a "started" that failed, unless another was sent since. */
    async startFailed(typist: Typist, id: string): Promise<void> {
      await orStoreUnavailable(forget(typist, id))
    },

    /** Undoes a "stopped" that failed, so that it can be repeated. */
    async stopFailed(typist: Typist): Promise<void> {
      await orStoreUnavailable(show(typist))
    },
  }
}
