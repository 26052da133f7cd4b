/** From what is stored of a conversation to the way to it in Salesforce. */
import { GatewayError, isProblem } from '../problem.js'
import type { Reach } from '../salesforce/messaging.js'
import { nameOf, type StoredConversation } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { Own, Passes } from './passes.js'

export type { Own } from './passes.js'

type Options = { passes: Passes; records: Records; deployment: string }

export type Reaches = ReturnType<typeof createReaches>

export function createReaches({ passes, records, deployment }: Options) {
  function isAlive({ status, expiresAt, deployment: startedIn }: StoredConversation): boolean {
    const isCurrent = expiresAt === null || expiresAt > Date.now()
    return status !== 'lost' && isCurrent && startedIn === deployment
  }

  function isTokenRefused(error: unknown): boolean {
    return isProblem(error, 'conversation_lost') && error.details.isTokenRefused === true
  }

  /** A token that is refused is renewed once, if it can be; when the fresh one is, too, we are at a loss. */
  async function attempt<T>(own: Own, work: (reach: Reach) => Promise<T>): Promise<T> {
    const conversationId = nameOf(own.conversation)
    try {
      return await work({ token: await passes.tokenOf(own), conversationId })
    } catch (error) {
      if (!isTokenRefused(error) || !passes.isRenewable(own.conversation)) throw error
    }
    try {
      return await work({ token: await passes.freshTokenOf(own), conversationId })
    } catch (error) {
      if (isTokenRefused(error)) throw new GatewayError('upstream_rejected', { effect: 'none' })
      throw error
    }
  }

  return {
    /** Whether Salesforce would still let the visitor in, as far as we know. */
    isAlive,

    /**
     * Does something in the conversation. When Salesforce does not let the visitor in any more, that
     * is remembered, so that the next start opens a new one.
     */
    async within<T>(own: Own, work: (reach: Reach) => Promise<T>): Promise<T> {
      const { conversation, visitorId } = own
      if (!isAlive(conversation)) throw new GatewayError('conversation_lost')
      try {
        return await attempt(own, work)
      } catch (error) {
        if (isProblem(error, 'conversation_lost') && conversation.status === 'open') {
          const lost = { ...conversation, status: 'lost' as const }
          await records.replace(visitorId, conversation, lost).catch(() => undefined)
        }
        throw error
      }
    },
  }
}
