/** Forgets guests: ends their conversations, revokes their tokens and leaves a tombstone. */
import { GatewayError, isProblem } from '../problem.js'
import { noteForLog } from '../request.js'
import type { Locks } from '../store/locks.js'
import type { ConversationTokens, Device } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { createEnd } from './end.js'
import type { SalesforceTokens } from './salesforce-tokens.js'

type Options = {
  records: Records
  locks: Locks
  tokens: SalesforceTokens
  end: ReturnType<typeof createEnd>
}

/** Counts conversations; `open`: how many were open; `ended`: how many of them Salesforce ended. */
type Endings = { open: number; ended: number; isFailed: boolean }

const leftOpenNote =
  'A guest signed out twice while Salesforce did not end a conversation: it stays open there'

/** Tells a failure of Salesforce; what it does not let us end is not ours to end any more. */
function isSalesforceFailure(error: unknown): boolean {
  if (!isProblem(error) || error.code === 'store_unavailable') throw error
  return error.code !== 'conversation_lost'
}

export function createForget({ records, locks, tokens, end }: Options) {
  /** Ends all that is open; throws what is no failure of Salesforce. */
  async function endAll(
    visitorId: string,
    { conversations, tokenOf }: ConversationTokens,
  ): Promise<Endings> {
    const open = conversations.filter(({ status }) => status === 'open' || status === 'starting')
    const outcomes = await Promise.allSettled(
      open.map((conversation) =>
        end({ visitorId, conversation, token: tokenOf(conversation) }, 'conversation'),
      ),
    )
    const reasons = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    const isFailed = reasons.filter(isSalesforceFailure).length > 0
    return { open: open.length, ended: open.length - reasons.length, isFailed }
  }

  async function forgetVisitor(visitorId: string): Promise<void> {
    const token = await records.readVisitorToken(visitorId)
    await records.writeTombstone(visitorId)
    if (token) await tokens.revoke(visitorId, token)
  }

  return {
    /**
     * Ends a guest's conversations as far as Salesforce allows, then forgets the guest. A start that
     * is under way ends first, so that nothing is left behind.
     */
    forgetGuest(caller: Device): Promise<Omit<Endings, 'isFailed'>> {
      return locks.withLock(caller.id, 'start', async () => {
        const endings = await endAll(caller.id, await records.readWithTokens(caller))
        await forgetVisitor(caller.id)
        return endings
      })
    },

    /**
     * Signs a guest out. While Salesforce fails, the guest's tokens are refused, but what is needed to
     * end the conversations is kept for a repeat, which forgets the guest whatever happens.
     * @throws {GatewayError} upstream_unavailable at the first try
     */
    signOutGuest(caller: Device): Promise<void> {
      return locks.withLock(caller.id, 'start', async () => {
        const record = await records.readWithTokens(caller)
        const { isFailed } = await endAll(caller.id, record)
        if (isFailed && !record.isRevoked) {
          await records.refuseTokens(caller.id, caller.since)
          throw new GatewayError('upstream_unavailable', { retryAfterMs: 1000 })
        }
        if (isFailed) noteForLog(leftOpenNote)
        await forgetVisitor(caller.id)
      })
    },
  }
}
