/**
 * Keeps writes that a call could not make while Redis did not answer. This process makes them
 * before the same key is used again, so that no call waits for one that is long over. In other
 * processes the lifetime of the key, or of its value, ends the wait.
 */
import type { Redis } from '@upstash/redis'

/** Changes what is the same text still, and nothing else; `next`: what to write, empty to delete. */
export type Change = { key: string; old: string; next: string }

/** `isDoubtful`: it may have to be done again, because what it undoes may yet come. */
type PendingWrite = Change & { until: number; mayApplyLater: boolean }

const changeScript = `
local now = redis.call('GET', KEYS[1])
if now == ARGV[2] then return 1 end
if now ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`
/** A request that was given up may reach Redis so much later, in milliseconds. */
const maxDelayMs = 15_000
/** A long outage must not fill the memory; the oldest are forgotten first. */
const maxPending = 10_000

type Options = { redis: Redis; lifetimeMs: number }

export type DeferredWrites = ReturnType<typeof createDeferredWrites>

/** `lifetimeMs`: of the keys; what is older than that is over by itself. */
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

  /** Changes it now, or when the key is used again. Never rejects. */
  async function eventually(write: Change): Promise<void> {
    await change(write).catch(() => defer(write, lifetimeMs, false))
  }

  return {
    change,
    eventually,

    /** Undoes what was asked without an answer: it may be done already, or yet, or never. Never rejects. */
    async undo(write: Change): Promise<void> {
      defer(write, Math.min(maxDelayMs, lifetimeMs), true)
      await change(write).catch(() => undefined)
    },

    /** To be called in the tick in which the key is used: it travels ahead in the same request. */
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
