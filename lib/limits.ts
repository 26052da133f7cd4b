/**
 * Defines names and default sizes of the limits, and the problem of a refusal (contract, "Limits").
 * Pure.
 */
import { GatewayError } from './problem.js'

export type LimitName =
  | 'auth'
  | 'start'
  | 'startAddress'
  | 'send'
  | 'signal'
  | 'poll'
  | 'list'
  | 'other'
  | 'tokens'

/** Describes the size of a limit: a count and a window, such as `[22, '1 m']`. */
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
  list: [20, '1 m'],
  other: [60, '1 m'],
  tokens: [180, '1 m'],
}

const unitSeconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** Returns the seconds of a window such as `1 m`. */
export function windowSecondsOf(window: string): number {
  const [count = '', unit = ''] = window.split(' ')
  return Number(count) * (unitSeconds[unit] ?? 0)
}

/** Returns the milliseconds of a limit's window. */
export function windowMsOf([, window]: LimitSize): number {
  return windowSecondsOf(window) * 1000
}

/**
 * Describes a group of addresses that a caller belongs to. IPv4 has one, the address. IPv6 has
 * three, because a household has up to 256 networks of /64, and whoever rents a server often a /48.
 */
export type AddressGroup = {
  /** Stands behind the limit's name in `RateLimit` headers: nothing, `/56` or `/48`. */
  suffix: string
  /** Holds the name in counters: a keyed hash, because addresses are not stored. */
  key: string
  /** Holds the limit of the group, in limits of one address. */
  times: number
}

/** Describes the address of a caller, as counters know it. */
export type CallerAddress = {
  /** Holds the smallest group first. */
  groups: readonly AddressGroup[]
  /** Holds the key of the /48 of an IPv6 address; null for IPv4. */
  network: string | null
}

/** Describes one counter of a call. Counters with one `holder` can be counted together. */
export type Count = {
  limit: LimitName
  /** Holds the visitor, network or conversation that the counter belongs to. */
  holder: string
  /** Tells the holder's counters of one limit apart. */
  what: string
  group?: Pick<AddressGroup, 'suffix' | 'times'>
}

/** Counts a call on a visitor, or on one thing of the visitor's. */
export function perVisitor(limit: LimitName, visitorId: string, what = 'all'): Count[] {
  return [{ limit, holder: visitorId, what }]
}

/**
 * Counts a call on a visitor in one conversation. Messages are counted beside the conversation's send
 * log, and other calls beside the visitor's data, so that one script changes both.
 */
export function perConversation(
  limit: LimitName,
  visitorId: string,
  conversationId: string,
): Count[] {
  return limit === 'send'
    ? [{ limit, holder: conversationId, what: visitorId }]
    : perVisitor(limit, visitorId, conversationId)
}

/** Counts a call on its address, and on the networks around it. */
export function perAddress(limit: LimitName, { groups }: CallerAddress): Count[] {
  const holder = groups.at(-1)?.key ?? ''
  return groups.map(({ key, ...group }) => ({ limit, holder, what: key, group }))
}

/** Describes the state of one limit after a request was counted. */
export type LimitOutcome = {
  /** Holds the limit's name, for a network of IPv6 with its suffix (`auth/56`). */
  name: string
  allowed: boolean
  limit: number
  remaining: number
  windowSeconds: number
  /**
   * Holds the milliseconds until the limit is whole; when nothing remains, until the next call
   * passes.
   */
  resetMs: number
}

/**
 * Refuses a request that one of the limits does not allow.
 * @throws {GatewayError} rate_limited for the longest wait among them
 */
export function throwIfRefused(outcomes: readonly LimitOutcome[]): void {
  const refused = outcomes.filter(({ allowed }) => !allowed)
  const [worst] = refused.sort((a, b) => b.resetMs - a.resetMs)
  if (!worst) return
  throw new GatewayError('rate_limited', {
    detail: `At most ${worst.limit} of "${worst.name}" in ${worst.windowSeconds} seconds.`,
    retryAfterMs: Math.max(1, worst.resetMs),
  })
}
