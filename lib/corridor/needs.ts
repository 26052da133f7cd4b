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
import type { VisitorRecord } from '../store/record.js'
import type { Caller } from '../visitors/access.js'

/** A call that was admitted and whose input is valid. `address` is a key, not the address itself. */
export type Entering<I> = {
  input: I
  /** Who calls, by the access token; throws `unauthenticated`. */
  caller(): Promise<Caller>
  address: string
  services: Services
}

/** What a need asks of a caller, for whoever describes the endpoint. */
export type Terms = { who: 'anybody' | 'visitor' | 'owner'; limits: readonly LimitName[] }

/** Gives what an action needs, or throws what the caller shall be told. */
export type Need<I, N> = ((entering: Entering<I>) => Promise<N>) & { terms?: Terms }

/** Nothing, for anybody. */
export const nothing: Need<unknown, Record<never, never>> = Object.assign(async () => ({}), {
  terms: { who: 'anybody', limits: [] } as const,
})

/** Anybody, counted by address. */
export function anybody(limit: LimitName): Need<unknown, Record<never, never>> {
  const need: Need<unknown, Record<never, never>> = async ({ services, address }) => {
    await services.limiter.check([{ limit, of: address }])
    return {}
  }
  return Object.assign(need, { terms: { who: 'anybody', limits: [limit] } as const })
}

/** Anybody, counted by address, and the business hours as lately heard. */
export function hours(limit: LimitName): Need<unknown, { known: OpenHours | null }> {
  const need: ReturnType<typeof hours> = async ({ services, address }) => {
    const [known] = await Promise.all([
      services.hours.find(),
      services.limiter.check([{ limit, of: address }]),
    ])
    return { known }
  }
  return Object.assign(need, { terms: { who: 'anybody', limits: [limit] } as const })
}

/** A visitor and all that is kept of them. */
export function visitor(
  limit: LimitName,
  per: 'visitor' | 'address',
): Need<unknown, { caller: Caller; record: VisitorRecord }> {
  const need: ReturnType<typeof visitor> = async ({ services, caller: recognise, address }) => {
    const caller = await recognise()
    const count: Count = { limit, of: per === 'visitor' ? caller.id : address }
    const [record] = await Promise.all([
      services.records.read(caller),
      services.limiter.check([count]),
    ])
    if (record.gone) throw unauthenticated()
    return { caller, record }
  }
  return Object.assign(need, { terms: { who: 'visitor', limits: [limit] } as const })
}

/** Which limit a call is counted on, when its input decides. */
export type LimitChoice<I> = { among: readonly LimitName[]; pick(input: I): LimitName }

type OwnConversation = {
  caller: Caller
  own: Own
  allowance: { remaining: number; resetMs: number }
}

/**
 * The visitor's own conversation; somebody else's is the same as none. `allowance`: what is left of
 * the limit.
 */
export function conversation<I extends { conversationId: string }>(
  counted: LimitName | LimitChoice<I>,
  per: 'visitor' | 'conversation',
): Need<I, OwnConversation> {
  const { among, pick } =
    typeof counted === 'string' ? { among: [counted], pick: () => counted } : counted
  const need: Need<I, OwnConversation> = async ({ services, caller: recognise, input }) => {
    const caller = await recognise()
    const of = per === 'visitor' ? caller.id : `${caller.id}:${input.conversationId}`
    const [glance, [allowance]] = await Promise.all([
      services.records.glance(caller, input.conversationId),
      services.limiter.check([{ limit: pick(input), of }]),
    ])
    if (glance.gone) throw unauthenticated()
    const found = glance.conversation
    if (!found || found.status === 'starting') {
      // Ids that are made up have a counter each, so that they are counted on the visitor as well.
      if (per === 'conversation') await services.limiter.check([{ limit: 'other', of: caller.id }])
      throw new GatewayError('conversation_not_found')
    }
    const { remaining = 0, resetMs = 0 } = allowance ?? {}
    return {
      caller,
      own: { visitorId: caller.id, conversation: found, pass: glance.pass },
      allowance: { remaining, resetMs },
    }
  }
  return Object.assign(need, { terms: { who: 'owner', limits: among } as const })
}
