/**
 * Counts, in this process, the calls that are refused after their input was read: reading and
 * validating takes time, and no limit in the store counts them. Too many of them, and a caller is
 * refused before any input is read.
 */
import type { AddressGroup } from '../limits.js'
import { isProblem, type ProblemCode } from '../problem.js'
import type { Services } from '../services.js'
import { createLocalLimit, type LocalLimit } from './local-limit.js'

/** Holds one for the services of a process. */
const limits = new WeakMap<Services, LocalLimit>()

function limitOf(services: Services): LocalLimit {
  const limit = limits.get(services) ?? createLocalLimit('other', services.env.limits.other)
  limits.set(services, limit)
  return limit
}

/** Counts work that fails with one of these codes. */
async function countFailures<T>(
  limit: LocalLimit,
  groups: readonly AddressGroup[],
  codes: readonly ProblemCode[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isProblem(error, ...codes)) limit.count(groups)
    throw error
  }
}

/**
 * Reads a call's input, unless too many inputs of its address were refused.
 * @throws {GatewayError} rate_limited
 */
export async function readCounted<T>(
  services: Services,
  groups: readonly AddressGroup[],
  read: () => Promise<T>,
): Promise<T> {
  const limit = limitOf(services)
  limit.throwIfFull(groups)
  const codes = ['invalid_request', 'payload_too_large', 'unsupported_media_type'] as const
  return await countFailures(limit, groups, codes, read)
}

function groupsOf(visitorId: string): AddressGroup[] {
  return [{ suffix: '', key: `visitor ${visitorId}`, times: 1 }]
}

/**
 * Refuses a visitor who goes on calling although a limit refuses it, before the next body is read.
 * @throws {GatewayError} rate_limited
 */
export function refuseInsistent(services: Services, visitorId: string): void {
  limitOf(services).throwIfFull(groupsOf(visitorId))
}

/** Guards a call whose body was read, and counts it on its visitor when a limit refuses it. */
export function guardCounted<T>(
  services: Services,
  visitorId: string,
  guard: () => Promise<T>,
): Promise<T> {
  return countFailures(limitOf(services), groupsOf(visitorId), ['rate_limited'], guard)
}
