/**
 * Guards decide who may call an endpoint, read what it needs and count the call. Limits and reads
 * travel in one Redis request.
 */
import type { OwnedConversation } from '../conversations/salesforce-tokens.js'
import type { LimitName } from '../limits.js'
import type { OpenHours } from '../polling/hours.js'
import { GatewayError, unauthenticated } from '../problem.js'
import type { Services } from '../services.js'
import type { Count } from '../store/limiter.js'
import type { VisitorRecord } from '../store/record.js'
import type { Caller } from '../visitors/access.js'

/** A call that was admitted and whose input is valid. */
export type GuardContext<I> = {
  input: I
  /**
   * Authenticates the caller by the access token.
   * @throws {GatewayError} unauthenticated
   */
  caller(): Promise<Caller>
  /** Returns the key that the caller's address is counted by. */
  address(): string
  services: Services
}

/** Describes a guard for the OpenAPI document. */
export type GuardInfo = { who: 'anybody' | 'visitor' | 'owner'; limits: readonly LimitName[] }

/** Returns what an action needs, or throws the caller's error. */
export type Guard<I, N> = ((context: GuardContext<I>) => Promise<N>) & { info?: GuardInfo }

/** Nothing, for anybody. */
export const allowAll: Guard<unknown, Record<never, never>> = Object.assign(async () => ({}), {
  info: { who: 'anybody', limits: [] } as const,
})

/** Anybody, counted by address. */
export function allowAnyone(limit: LimitName): Guard<unknown, Record<never, never>> {
  const guard: Guard<unknown, Record<never, never>> = async ({ services, address }) => {
    await services.limiter.check([{ limit, counterId: address() }])
    return {}
  }
  return Object.assign(guard, { info: { who: 'anybody', limits: [limit] } as const })
}

/** Allows anyone, counted by address, and reads the stored business hours. */
export function allowAnyoneWithHours(
  limit: LimitName,
): Guard<unknown, { known: OpenHours | null }> {
  const guard: ReturnType<typeof allowAnyoneWithHours> = async ({ services, address }) => {
    const [known] = await Promise.all([
      services.hours.find(),
      services.limiter.check([{ limit, counterId: address() }]),
    ])
    return { known }
  }
  return Object.assign(guard, { info: { who: 'anybody', limits: [limit] } as const })
}

/** A visitor and all that is kept of them. */
export function requireVisitor(
  limit: LimitName,
  per: 'visitor' | 'address',
): Guard<unknown, { caller: Caller; record: VisitorRecord }> {
  const guard: ReturnType<typeof requireVisitor> = async ({
    services,
    caller: authenticate,
    address,
  }) => {
    const caller = await authenticate()
    const count: Count = { limit, counterId: per === 'visitor' ? caller.id : address() }
    const [record] = await Promise.all([
      services.records.readRecord(caller),
      services.limiter.check([count]),
    ])
    if (record.isRevoked) throw unauthenticated()
    return { caller, record }
  }
  return Object.assign(guard, { info: { who: 'visitor', limits: [limit] } as const })
}

/** Which limit a call is counted on, when its input decides. */
export type LimitByInput<I> = { limits: readonly LimitName[]; limitFor(input: I): LimitName }

type GuardedConversation = {
  caller: Caller
  owned: OwnedConversation
  allowance: { remaining: number; resetMs: number }
}

/**
 * Requires the visitor's own conversation; another visitor's is the same as none. `allowance`: what
 * is left of the limit.
 */
export function requireConversation<I extends { conversationId: string }>(
  limit: LimitName | LimitByInput<I>,
  per: 'visitor' | 'conversation',
): Guard<I, GuardedConversation> {
  const { limits, limitFor } =
    typeof limit === 'string' ? { limits: [limit], limitFor: () => limit } : limit
  const guard: Guard<I, GuardedConversation> = async ({
    services,
    caller: authenticate,
    input,
  }) => {
    const caller = await authenticate()
    const counterId = per === 'visitor' ? caller.id : `${caller.id}:${input.conversationId}`
    const [lookup, [allowance]] = await Promise.all([
      services.records.readConversation(caller, input.conversationId),
      services.limiter.check([{ limit: limitFor(input), counterId }]),
    ])
    if (lookup.isRevoked) throw unauthenticated()
    const found = lookup.conversation
    if (!found || found.status === 'starting') {
      // Ids that are made up have a counter each, so that they are counted on the visitor as well.
      if (per === 'conversation')
        await services.limiter.check([{ limit: 'other', counterId: caller.id }])
      throw new GatewayError('conversation_not_found')
    }
    const { remaining = 0, resetMs = 0 } = allowance ?? {}
    return {
      caller,
      owned: { visitorId: caller.id, conversation: found, token: lookup.token },
      allowance: { remaining, resetMs },
    }
  }
  return Object.assign(guard, { info: { who: 'owner', limits } as const })
}
