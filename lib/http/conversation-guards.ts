/**
 * Guards of calls about one conversation: they read it, and with it the answer whose it is. The call
 * is counted in the same Redis request, by a script that also takes the first step of the call.
 */
import type { OwnedConversation } from '../conversations/salesforce-tokens.js'
import { type Count, type LimitName, perConversation, perVisitor } from '../limits.js'
import { GatewayError, unauthenticated } from '../problem.js'
import type { OutgoingMessage } from '../salesforce/messaging.js'
import type { ListGrant } from '../store/list-budget.js'
import type { ConversationLookup, Offer } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Claim } from '../store/send-log.js'
import { noStep, type Step } from '../store/sliding-log.js'
import type { Caller } from '../visitors/access.js'
import { type CallerContext, createGuard, type Guard, type GuardContext } from './guards.js'

/** Chooses the limit that a call is counted on by its input; `limits` names all that it can choose. */
type LimitByInput<I> = { limits: readonly LimitName[]; limitFor(input: I): LimitName }

type GuardedConversation = {
  caller: Caller
  owned: OwnedConversation
  /** Holds the rest of the limit: calls, and milliseconds until it is whole. */
  allowance: { remaining: number; resetMs: number }
}

type NamesConversation = { conversationId: string }

/**
 * Returns the counter of a visitor's unknown conversations. Ids that are made up have a counter
 * each, so they are counted together as well. Whoever made up too many is refused for every
 * conversation: without a read nobody knows which ones are the visitor's own.
 */
function unknownConversations({ id }: Caller): Count[] {
  return perVisitor('other', id, 'unknown')
}

/** Says how a call is counted, which step the count takes, and what is read with it. */
type Counting<R, F extends ConversationLookup> = {
  limit: LimitName
  per: 'visitor' | 'conversation'
  step: Step<R>
  read(records: Records, caller: Caller, conversationId: string): Promise<F>
}

const readConversation: Counting<unknown, ConversationLookup>['read'] = (records, ...which) =>
  records.readConversation(...which)

/**
 * Reads the visitor's own conversation in the request that counts the call and takes the step. The
 * commands are queued at once, so that what else is queued in this tick travels with them.
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated, conversation_not_found
 */
async function countAndRead<I extends NamesConversation, R, F extends ConversationLookup>(
  { services, input }: GuardContext<I>,
  caller: Caller,
  { limit, per, step, read }: Counting<R, F>,
): Promise<{ guarded: GuardedConversation; found: F; reply: R }> {
  const { limiter, records } = services
  const { found, outcomes, reply } = await limiter.checkAndRead(
    per === 'visitor'
      ? perVisitor(limit, caller.id)
      : perConversation(limit, caller.id, input.conversationId),
    () => read(records, caller, input.conversationId),
    step,
  )
  if (found.isRevoked) throw unauthenticated()
  const { conversation, token } = found
  if (!conversation || conversation.status === 'starting') {
    if (per === 'conversation') await limiter.check(unknownConversations(caller))
    throw new GatewayError('conversation_not_found')
  }
  const { remaining = 0, resetMs = 0 } = outcomes[0] ?? {}
  const owned = { visitorId: caller.id, conversation, token }
  return { guarded: { caller, owned, allowance: { remaining, resetMs } }, found, reply }
}

/**
 * Requires the visitor's own conversation; another visitor's is the same as none.
 * @param per the call is counted on the visitor, or on the conversation
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated, conversation_not_found
 */
export function requireConversation<I extends NamesConversation>(
  limit: LimitName | LimitByInput<I>,
  per: 'visitor' | 'conversation',
): Guard<I, GuardedConversation> {
  const { limits, limitFor } =
    typeof limit === 'string' ? { limits: [limit], limitFor: () => limit } : limit
  async function countsByCaller(context: CallerContext): Promise<readonly Count[]> {
    const caller = await context.caller()
    if (per === 'conversation') return unknownConversations(caller)
    return typeof limit === 'string' ? perVisitor(limit, caller.id) : []
  }
  return createGuard({ who: 'owner', limits }, countsByCaller, async (context) => {
    const caller = await context.caller()
    const limitForInput = limitFor(context.input)
    const counting = { limit: limitForInput, per, step: noStep, read: readConversation }
    return (await countAndRead(context, caller, counting)).guarded
  })
}

type PollInput = NamesConversation & { cursor?: string | undefined; wait: number }

/**
 * Requires the visitor's own conversation for a poll, and takes a look into Salesforce's list. One
 * script counts the poll and takes the look, so that a refused poll takes none. A poll that waits
 * takes a lease as well; only polls with a cursor wait.
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated, conversation_not_found
 */
export function requireConversationWithLook<I extends PollInput>(): Guard<
  I,
  GuardedConversation & { look: ListGrant }
> {
  const countsByCaller = async ({ caller }: CallerContext) => unknownConversations(await caller())
  const info = { who: 'owner', limits: ['poll', 'list'] } as const
  return createGuard(info, countsByCaller, async (context) => {
    const caller = await context.caller()
    const visitorId = caller.id
    const { listBudget, openWaits } = context.services
    const { conversationId, cursor, wait } = context.input
    const key = { visitorId, conversationId }
    const waitMs = cursor === undefined ? 0 : wait * 1000
    if (waitMs > 0) openWaits.throwIfFull(key)
    const [{ guarded, reply }] = await Promise.all([
      countAndRead(context, caller, {
        limit: 'poll',
        per: 'conversation',
        step: listBudget.lookStep(key),
        read: readConversation,
      }),
      waitMs > 0 && openWaits.take(key, waitMs),
    ])
    return { ...guarded, look: reply }
  })
}

/**
 * Requires the visitor's own conversation for a message, and claims the message. One script counts the
 * call and claims, so that a call that a limit refuses claims nothing. A claim for a conversation that
 * turns out not to be the visitor's is released before the call is refused.
 * @param outgoingOf returns what the call sends; without a message nothing is claimed
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated, conversation_not_found
 */
export function requireConversationWithClaim<
  I extends NamesConversation,
  O extends { message?: OutgoingMessage | undefined },
>(
  { limits, limitFor }: LimitByInput<I>,
  outgoingOf: (input: I) => O,
): Guard<I, GuardedConversation & { outgoing: O; claim: Claim | null }> {
  const countsByCaller = async ({ caller }: CallerContext) => unknownConversations(await caller())
  return createGuard({ who: 'owner', limits }, countsByCaller, async (context) => {
    const { input, services } = context
    const caller = await context.caller()
    const count = (step: Step<Claim | null>) =>
      countAndRead(context, caller, {
        limit: limitFor(input),
        per: 'conversation',
        step,
        read: readConversation,
      })
    const outgoing = outgoingOf(input)
    const { guarded, reply: claim } = await (outgoing.message
      ? services.conversations.claim(input.conversationId, outgoing.message, count)
      : count(noStep))
    return { ...guarded, outgoing, claim }
  })
}

/**
 * Requires the visitor's own conversation for a file, and reads what the deployment offers.
 * @throws {GatewayError} rate_limited, store_unavailable, unauthenticated, conversation_not_found
 */
export function requireConversationWithOffer<I extends NamesConversation>(
  limit: LimitName,
): Guard<I, GuardedConversation & { offer: Offer | null }> {
  const countsByCaller = async ({ caller }: CallerContext) => unknownConversations(await caller())
  return createGuard({ who: 'owner', limits: [limit] }, countsByCaller, async (context) => {
    const { guarded, found } = await countAndRead(context, await context.caller(), {
      limit,
      per: 'conversation',
      step: noStep,
      read: (records, ...which) => records.readConversationAndOffer(...which),
    })
    return { ...guarded, offer: found.offer }
  })
}
