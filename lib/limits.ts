/** The names and default sizes of the limits (contract, "Limits"); pure, so that env and store share them. */

export type LimitName =
  | 'auth'
  | 'start'
  | 'startAddress'
  | 'send'
  | 'signal'
  | 'poll'
  | 'other'
  | 'tokens'

/** How many in which time, such as `[22, '1 m']`. */
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
