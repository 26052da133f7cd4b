/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, structured fields). Pure. */
import type { LimitOutcome } from '../limits.js'

/** One item per limit that applied; nothing when none did. */
export function limitHeaders(limits: readonly LimitOutcome[]): Record<string, string> {
  if (limits.length === 0) return {}
  const policies = limits.map(
    ({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${Math.ceil(windowSeconds)}`,
  )
  const standings = limits.map(
    ({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
  )
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: standings.join(', ') }
}
