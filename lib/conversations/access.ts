/** Turns what is stored of a conversation into access to it in Salesforce. */
import type { Clock } from '../clock.js'
import { GatewayError, isProblem } from '../problem.js'
import type { ConversationRef } from '../salesforce/messaging.js'
import { type StoredConversation, salesforceIdOf } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { OwnedConversation, SalesforceTokens } from './salesforce-tokens.js'

type Options = {
  tokens: SalesforceTokens
  records: Records
  deployment: string
  clock: Clock
}

export type ConversationAccess = ReturnType<typeof createConversationAccess>

export function createConversationAccess({ tokens, records, deployment, clock }: Options) {
  function isAlive({ status, expiresAt, deployment: startedIn }: StoredConversation): boolean {
    const isCurrent = expiresAt === null || expiresAt > clock.now()
    return status !== 'lost' && isCurrent && startedIn === deployment
  }

  function isTokenRefused(error: unknown): boolean {
    return isProblem(error, 'conversation_lost') && error.details.isTokenRefused === true
  }

  /**
   * Does the work. A refused token is renewed once, if it can be.
   * @throws {GatewayError} upstream_rejected when the fresh token is refused as well
   */
  async function attempt<T>(
    owned: OwnedConversation,
    work: (ref: ConversationRef) => Promise<T>,
  ): Promise<T> {
    const conversationId = salesforceIdOf(owned.conversation)
    try {
      return await work({ token: await tokens.tokenOf(owned), conversationId })
    } catch (error) {
      if (!isTokenRefused(error) || !tokens.isRenewable(owned.conversation)) throw error
    }
    try {
      return await work({ token: await tokens.freshTokenOf(owned), conversationId })
    } catch (error) {
      if (isTokenRefused(error)) throw new GatewayError('upstream_rejected', { effect: 'none' })
      throw error
    }
  }

  return {
    /** Tells that Salesforce would still let the visitor in, as far as the record shows. */
    isAlive,

    /**
     * Does work in the conversation. When Salesforce no longer lets the visitor in, the
     * conversation is recorded as lost, so that the next start opens a new one.
     * @throws {GatewayError} conversation_lost
     */
    async withConversation<T>(
      owned: OwnedConversation,
      work: (ref: ConversationRef) => Promise<T>,
    ): Promise<T> {
      const { conversation, visitorId } = owned
      if (!isAlive(conversation)) throw new GatewayError('conversation_lost')
      try {
        return await attempt(owned, work)
      } catch (error) {
        if (isProblem(error, 'conversation_lost') && conversation.status === 'open') {
          const lost = { ...conversation, status: 'lost' as const }
          await records.replaceConversation(visitorId, conversation, lost).catch(() => undefined)
        }
        throw error
      }
    },
  }
}
