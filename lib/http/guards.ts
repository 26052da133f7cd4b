/**
 * Guards decide who may call an endpoint, read what it needs and count the call. Limits and reads
 * travel in one Redis request.
 */
import type { StartRequest } from '../contract/requests.js'
import type { BegunStart } from '../conversations/start.js'
import {
  type CallerAddress,
  type Count,
  type LimitName,
  perAddress,
  perVisitor,
} from '../limits.js'
import type { OpenHours } from '../polling/hours.js'
import { unauthenticated } from '../problem.js'
import type { Services } from '../services.js'
import type { Standing } from '../store/record.js'
import type { Records } from '../store/records.js'
import { noStep } from '../store/sliding-log.js'
import type { Caller } from '../visitors/access.js'
import type { CountCall } from '../visitors/visitors.js'

/** Describes a caller, before any input is read. */
export type CallerContext = {
  /**
   * Authenticates the caller by the access token.
   * @throws {GatewayError} unauthenticated
   */
  caller(): Promise<Caller>
  /** Returns the address that the caller is counted by. */
  address(): CallerAddress
  services: Services
}

/** Describes a call from an allowed origin, with valid input. */
export type GuardContext<I> = CallerContext & { input: I }

/** Describes a guard for the OpenAPI document. */
export type GuardInfo = { who: 'anybody' | 'visitor' | 'owner'; limits: readonly LimitName[] }

/** Returns what an action needs, or throws the problem that refuses the call. */
export type Guard<I, N> = ((context: GuardContext<I>) => Promise<N>) & {
  info: GuardInfo
  /**
   * Refuses a caller who is known to be refused whatever the input is, so that nobody makes the
   * gateway read a body that is of no use.
   * @throws {GatewayError} rate_limited, unauthenticated
   */
  refuseKnown(context: CallerContext): Promise<void>
}

/**
 * Creates a guard.
 * @param countsByCaller returns the counters that depend on the caller alone
 */
export function createGuard<I, N>(
  info: GuardInfo,
  countsByCaller: (context: CallerContext) => Promise<readonly Count[]>,
  check: (context: GuardContext<I>) => Promise<N>,
): Guard<I, N> {
  async function refuseKnown(context: CallerContext): Promise<void> {
    context.services.limiter.refuseKnown(await countsByCaller(context))
  }
  async function guard(context: GuardContext<I>): Promise<N> {
    await refuseKnown(context)
    return await check(context)
  }
  return Object.assign(guard, { info, refuseKnown })
}

/** Returns the counters of a caller's address. */
const countsByAddress =
  (limit: LimitName) =>
  async ({ address }: CallerContext) =>
    perAddress(limit, address())

/**
 * Allows anyone, counted by address. The action counts the call itself, with its first request to Redis:
 * each of its ways begins with `count`.
 */
export function allowAnyoneWhoIsCounted(limit: LimitName): Guard<unknown, { count: CountCall }> {
  const counts = countsByAddress(limit)
  return createGuard({ who: 'anybody', limits: [limit] }, counts, async (context) => {
    const counted = await counts(context)
    const { limiter } = context.services
    return { count: (work, takeBack) => limiter.checkAlong(counted, work, takeBack) }
  })
}

/** Allows anyone, counted by address, and reads the stored business hours. */
export function allowAnyoneWithHours(
  limit: LimitName,
): Guard<unknown, { known: OpenHours | null }> {
  const counts = countsByAddress(limit)
  return createGuard({ who: 'anybody', limits: [limit] }, counts, async (context) => {
    const { limiter, hours } = context.services
    const { found } = await limiter.checkAndRead(await counts(context), hours.find, noStep)
    return { known: found }
  })
}

type Admits = (caller: Caller, standing: Standing) => boolean

/** Admits a visitor who is signed in. */
const signedIn: Admits = (_, { isRevoked }) => !isRevoked

/** Admits also a guest whose sign-out could not be finished, to finish it. */
export const signedInOrLeaving: Admits = ({ verified }, { isRevoked, isGone }) =>
  verified ? !isRevoked : !isGone

/**
 * Requires a visitor, counted by visitor, and reads what the endpoint needs of the record.
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated
 */
export function requireVisitor<R extends Standing>(
  limit: LimitName,
  read: (records: Records, caller: Caller) => Promise<R>,
  admits = signedIn,
): Guard<unknown, { caller: Caller; record: R }> {
  const counts = async ({ caller }: CallerContext) => perVisitor(limit, (await caller()).id)
  return createGuard({ who: 'visitor', limits: [limit] }, counts, async (context) => {
    const { limiter, records } = context.services
    const caller = await context.caller()
    const { found: record } = await limiter.checkAndRead(
      await counts(context),
      () => read(records, caller),
      noStep,
    )
    if (!admits(caller, record)) throw unauthenticated()
    return { caller, record }
  })
}

/**
 * Requires a visitor who starts a conversation, counted by address. Where one must be created, the
 * visitor's lock is taken with the read, and passed on.
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated
 */
export function requireStarter(): Guard<
  StartRequest,
  { caller: Caller; network: string | null; begun: BegunStart }
> {
  const counts = countsByAddress('startAddress')
  return createGuard({ who: 'visitor', limits: ['startAddress'] }, counts, async (context) => {
    const { limiter, conversations } = context.services
    const caller = await context.caller()
    const { network } = context.address()
    const begun = await limiter.checkAlong(
      await counts(context),
      () => conversations.beginStart({ ...caller, network }, context.input),
      ({ lock }) => lock?.release() ?? Promise.resolve(),
    )
    if (!begun.record.isRevoked) return { caller, network, begun }
    await begun.lock?.release()
    throw unauthenticated()
  })
}
