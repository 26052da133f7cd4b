import { tooManyRequests } from './http-error.js'
import type { SandboxState } from './sandbox-state.js'

/**
 * Counts a call in a sliding window (`enhanced-chat-api.md` §6); null admits every call.
 * @throws {HttpError} 429 when the window is full, with the `Retry-After` of the switch
 */
export function checkRateLimit(
  sandbox: SandboxState,
  window: { key: string; allowance: number | null; windowMs: number },
): void {
  if (window.allowance === null) return
  const since = Date.now() - window.windowMs
  const recent = (sandbox.admissions.get(window.key) ?? []).filter((moment) => moment > since)
  sandbox.admissions.set(window.key, recent)
  if (recent.length >= window.allowance) {
    throw tooManyRequests(sandbox.switches.retryAfterSeconds)
  }
  recent.push(Date.now())
}
