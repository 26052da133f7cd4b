/**
 * What an endpoint needs before it acts: who calls, what is kept of them, and that they may. Limits
 * and reads travel in one Redis request.
 */
import type { Own } from '../conversations/reach.js'
import type { LimitName } from '../limits.js'
import type { OpenHours } from '../polling/hours.js'
import { GatewayError, unauthenticated } from '../problem.js'
import type { Services } from '../services.js'
import type { Count } from '../store/limiter.js'
import type { VisitorRecord } from '../store/records.js'
import type { Caller } from '../visitors/access.js'

/** A call that was admitted and whose input is valid. `address` is a key, not the address itself. */
export type Entering<I> = {
  input: I
  authorization: string | null
  address: string
  services: Services
}

/** Gives what an action needs, or throws what the caller shall be told. */
export type Need<I, N> = (entering: Entering<I>) => Promise<N>

/** Nothing, for anybody. */
export async function nothing(): Promise<Record<never, never>> {
  return {}
}

/** Anybody, counted by address. */
export function anybody(limit: LimitName): Need<unknown, Record<never, never>> {
  return async ({ services, address }) => {
    await services.limiter.check([{ limit, of: address }])
    return {}
  }
}

/** Anybody, counted by address, and the business hours as lately heard. */
export function hours(limit: LimitName): Need<unknown, { known: OpenHours | null }> {
  return async ({ services, address }) => {
    const [known] = await Promise.all([
      services.hours.find(),
      services.limiter.check([{ limit, of: address }]),
    ])
    return { known }
  }
}

/** A visitor and all that is kept of them. */
export function visitor(
  limit: LimitName,
  per: 'visitor' | 'address',
): Need<unknown, { caller: Caller; record: VisitorRecord }> {
  return async ({ services, authorization, address }) => {
    const caller = await services.visitors.recognise(authorization)
    const count: Count = { limit, of: per === 'visitor' ? caller.id : address }
    const [record] = await Promise.all([
      services.records.read(caller),
      services.limiter.check([count]),
    ])
    if (record.gone) throw unauthenticated()
    return { caller, record }
  }
}

/**
 * The visitor's own conversation; somebody else's is the same as none. `allowance`: what is left of
 * the limit.
 */
export function conversation(
  limit: LimitName,
  per: 'visitor' | 'conversation',
): Need<
  { conversationId: string },
  { caller: Caller; own: Own; allowance: { remaining: number; resetMs: number } }
> {
  return async ({ services, authorization, input }) => {
    const caller = await services.visitors.recognise(authorization)
    const of = per === 'visitor' ? caller.id : `${caller.id}:${input.conversationId}`
    const [glance, [allowance]] = await Promise.all([
      services.records.glance(caller, input.conversationId),
      services.limiter.check([{ limit, of }]),
    ])
    if (glance.gone) throw unauthenticated()
    const found = glance.conversation
    if (!found || found.status === 'starting') throw new GatewayError('conversation_not_found')
    const { remaining = 0, resetMs = 0 } = allowance ?? {}
    return {
      caller,
      own: { visitorId: caller.id, conversation: found, pass: glance.pass },
      allowance: { remaining, resetMs },
    }
  }
}
