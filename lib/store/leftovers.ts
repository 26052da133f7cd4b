/**
 * What a call should have written or taken back while Redis did not answer. This process remembers it and
 * does it before the same key is used again, so that nobody waits for a call that is long over; in other
 * processes the lifetime of the key, or of what it says, ends the wait.
 */
import type { Redis } from '@upstash/redis'

/** Changes what is the same text still, and nothing else; `next`: what to write, empty to delete. */
export type Change = { key: string; old: string; next: string }

/** `isDoubtful`: it may have to be done again, because what it undoes may yet come. */
type Left = Change & { until: number; isDoubtful: boolean }

const changeScript = `
local now = redis.call('GET', KEYS[1])
if now == ARGV[2] then return 1 end
if now ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`
/** A request that was given up may reach Redis so much later, in milliseconds. */
const lateMs = 15_000
/** A long outage must not fill the memory; the oldest are forgotten first. */
const mostLeft = 10_000

type Options = { redis: Redis; lifetimeMs: number }

export type Leftovers = ReturnType<typeof createLeftovers>

/** `lifetimeMs`: of the keys; what is older than that is over by itself. */
export function createLeftovers({ redis, lifetimeMs }: Options) {
  const left = new Map<string, Left>()
  const nameOf = ({ key, old }: Change) => `${key} ${old}`

  function remember(change: Change, forMs: number, isDoubtful: boolean): void {
    const [oldest] = left.keys()
    if (oldest !== undefined && left.size >= mostLeft) left.delete(oldest)
    left.set(nameOf(change), { ...change, until: Date.now() + forMs, isDoubtful })
  }

  /** Whether the key now says `next`; twice is the same as once. Rejects as Redis does. */
  async function change({ key, old, next }: Change): Promise<boolean> {
    const args = [old, next, String(lifetimeMs)]
    return Number(await redis.eval<string[], number>(changeScript, [key], args)) === 1
  }

  /** Changes it now, or when the key is used again. Never rejects. */
  async function insist(wish: Change): Promise<void> {
    await change(wish).catch(() => remember(wish, lifetimeMs, false))
  }

  return {
    change,
    insist,

    /** Undoes what was asked without an answer: it may be done already, or yet, or never. Never rejects. */
    async undo(wish: Change): Promise<void> {
      remember(wish, Math.min(lateMs, lifetimeMs), true)
      await change(wish).catch(() => undefined)
    },

    /** To be called in the tick in which the key is used: it travels ahead in the same request. */
    clear(key: string): void {
      for (const [name, wish] of left) {
        const isOver = wish.until < Date.now()
        if (isOver || (wish.key === key && !wish.isDoubtful)) left.delete(name)
        if (isOver || wish.key !== key) continue
        if (wish.isDoubtful) void change(wish).catch(() => undefined)
        else void insist(wish)
      }
    },
  }
}
