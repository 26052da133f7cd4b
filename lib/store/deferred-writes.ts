/**
 * Keeps writes that a call could not make while Redis did not answer. This process makes them
 * before the same key is used again, so that no call waits for one that is long over. In other
 * processes the lifetime of the key, or of its value, ends the wait.
 */
import type { Redis } from '@upstash/redis'

/** Replaces the text `old` by `next`, and nothing else; an empty `next` deletes the key. */
type Change = { key: string; old: string; next: string }

type PendingWrite = Change & {
  /** Holds epoch milliseconds after which the write is dropped. */
  until: number
  /** The write that it undoes may reach Redis later: it is made again until it is dropped. */
  mayApplyLater: boolean
}

const changeScript = `
local now = redis.call('GET', KEYS[1])
if now == ARGV[2] then return 1 end
if now ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`
/** Sets the milliseconds by which a request that was given up may still reach Redis. */
const maxDelayMs = 15_000
/** Bounds the memory that a long outage can take; the oldest writes are dropped first. */
const maxPending = 10_000

type Options = { redis: Redis; lifetimeMs: number }

/**
 * Creates the list of pending writes.
 * @param lifetimeMs the lifetime of the keys: an older write is dropped, because its key has
 *   expired
 */
export function createDeferredWrites({ redis, lifetimeMs }: Options) {
  const pending = new Map<string, PendingWrite>()
  const nameOf = ({ key, old }: Change) => `${key} ${old}`

  function defer(change: Change, forMs: number, mayApplyLater: boolean): void {
    const [oldest] = pending.keys()
    if (oldest !== undefined && pending.size >= maxPending) pending.delete(oldest)
    pending.set(nameOf(change), { ...change, until: Date.now() + forMs, mayApplyLater })
  }

  /**
   * Resolves to true when the key now holds `next`; repeating is harmless. Rejects as Redis does.
   */
  async function change({ key, old, next }: Change): Promise<boolean> {
    const args = [old, next, String(lifetimeMs)]
    return Number(await redis.eval<string[], number>(changeScript, [key], args)) === 1
  }

  /**
   * Makes a change now, or when the key is used again. Never rejects; resolves to true when Redis has
   * answered.
   */
  async function eventually(write: Change): Promise<boolean> {
    try {
      await change(write)
      return true
    } catch {
      defer(write, lifetimeMs, false)
      return false
    }
  }

  return {
    change,
    eventually,

    /**
     * Undoes a write whose answer was lost: it may have taken effect, may still do, or never will.
     * Never rejects.
     */
    async undo(write: Change): Promise<void> {
      defer(write, Math.min(maxDelayMs, lifetimeMs), true)
      await change(write).catch(() => undefined)
    },

    /**
     * Makes the pending writes of a key. Called in the tick in which the key is used, it travels
     * ahead in the same request.
     */
    flush(key: string): void {
      for (const [name, write] of pending) {
        const isOver = write.until < Date.now()
        if (isOver || (write.key === key && !write.mayApplyLater)) pending.delete(name)
        if (isOver || write.key !== key) continue
        if (write.mayApplyLater) void change(write).catch(() => undefined)
        else void eventually(write)
      }
    },
  }
}
