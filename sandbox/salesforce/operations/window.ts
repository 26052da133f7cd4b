import * as z from 'zod'
import { badRequest } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'

const integer = z
  .string()
  .regex(/^-?\d+$/, { error: 'Specify an integer' })
  .transform(Number)

/** Parses the query parameters that both lists share (`enhanced-chat-api.md` §2.7, §2.9). */
export const windowSchema = z.object({
  limit: integer.default(20),
  startTimestamp: integer.optional(),
  endTimestamp: integer.optional(),
})

type Window = z.infer<typeof windowSchema>

/** Returns a limit of 1 to 50; a greater one is cut to 50: two clients send 100 without an error. */
export function pageLimit({ limit }: Window): number {
  if (limit < 1) throw badRequest('limit must be at least 1')
  return Math.min(limit, 50)
}

/** Returns a filter for timestamps within the requested bounds. */
export function windowFilter(
  sandbox: SandboxState,
  window: Window,
): (timestamp: number) => boolean {
  const { startTimestamp = Number.NEGATIVE_INFINITY, endTimestamp = Number.POSITIVE_INFINITY } =
    window
  if (endTimestamp < startTimestamp) throw badRequest('endTimestamp is before startTimestamp')
  if (sandbox.switches.bounds === 'exclusive') {
    return (timestamp) => timestamp > startTimestamp && timestamp < endTimestamp
  }
  return (timestamp) => timestamp >= startTimestamp && timestamp <= endTimestamp
}
