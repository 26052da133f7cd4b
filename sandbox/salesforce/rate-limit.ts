import { HttpError } from './http-error.js'
import type { SandboxState } from './sandbox-state.js'

/** Admits a call to a sliding window, or refuses it with 429 (`enhanced-chat-api.md` §6). Null admits all. */
export function checkRateLimit(
  sandbox: SandboxState,
  window: { key: string; allowance: number | null; windowMs: number },
): void {
  if (window.allowance === null) return
  const since = Date.now() - window.windowMs
  const recent = (sandbox.admissions.get(window.key) ?? []).filter((moment) => moment > since)
  sandbox.admissions.set(window.key, recent)
  if (recent.length >= window.allowance) throw new HttpError(429, 'Too many requests')
  recent.push(Date.now())
}
