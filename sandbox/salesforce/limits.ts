import { Refusal } from './refusal.js'
import type { World } from './world.js'

/** Admits a call to a sliding window, or refuses it with 429 (`enhanced-chat-api.md` §6). Null admits all. */
export function admit(
  world: World,
  window: { key: string; allowance: number | null; windowMs: number },
): void {
  if (window.allowance === null) return
  const since = Date.now() - window.windowMs
  const recent = (world.admissions.get(window.key) ?? []).filter((moment) => moment > since)
  world.admissions.set(window.key, recent)
  if (recent.length >= window.allowance) throw new Refusal(429, 'Too many requests')
  recent.push(Date.now())
}
