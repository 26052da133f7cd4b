/** The names and default sizes of the limits, and what a refusal says (contract, "Limits"). Pure. */
import { GatewayError } from './problem.js'

export type LimitName =
  | 'auth'
  | 'start'
  | 'startAddress'
  | 'send'
  | 'signal'
  | 'poll'
  | 'other'
  | 'tokens'

/** Size of a limit: a count and a window, such as `[22, '1 m']`. */
export type LimitSize = readonly [count: number, window: string]
export type Limits = Readonly<Record<LimitName, LimitSize>>

/** send and start are Salesforce's own limits, tokens leaves a margin of 20 below its 200 (`enhanced-chat-api.md §6`). */
export const defaultLimits: Limits = {
  auth: [20, '1 m'],
  start: [3, '30 s'],
  startAddress: [20, '1 m'],
  send: [22, '1 m'],
  signal: [60, '1 m'],
  poll: [240, '1 m'],
  other: [60, '1 m'],
  tokens: [180, '1 m'],
}

const unitSeconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** The seconds of a window such as `1 m`. */
export function windowSecondsOf(window: string): number {
  const [count = '', unit = ''] = window.split(' ')
  return Number(count) * (unitSeconds[unit] ?? 0)
}

/** State of one limit after a request was counted. `resetMs`: milliseconds until it is whole. */
export type LimitOutcome = {
  name: LimitName
  allowed: boolean
  limit: number
  remaining: number
  windowSeconds: number
  resetMs: number
}

/** Throws `rate_limited` for the longest wait among those that do not allow the request. */
export function throwIfRefused(outcomes: readonly LimitOutcome[]): void {
  const refused = outcomes.filter(({ allowed }) => !allowed)
  const [worst] = refused.sort((a, b) => b.resetMs - a.resetMs)
  if (!worst) return
  throw new GatewayError('rate_limited', {
    detail: `At most ${worst.limit} of "${worst.name}" in ${worst.windowSeconds} seconds.`,
    retryAfterMs: Math.max(1, worst.resetMs),
  })
}
