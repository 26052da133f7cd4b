/** From what is stored of a conversation to the way to it in Salesforce. */
import { GatewayError, isProblem } from '../problem.js'
import type { ConversationRef } from '../salesforce/messaging.js'
import { type StoredConversation, salesforceIdOf } from '../store/record.js'
import type { Records } from '../store/records.js'
import type { OwnedConversation, SalesforceTokens } from './salesforce-tokens.js'

type Options = { tokens: SalesforceTokens; records: Records; deployment: string }

export type ConversationAccess = ReturnType<typeof createConversationAccess>

export function createConversationAccess({ tokens, records, deployment }: Options) {
  function isAlive({ status, expiresAt, deployment: startedIn }: StoredConversation): boolean {
    const isCurrent = expiresAt === null || expiresAt > Date.now()
    return status !== 'lost' && isCurrent && startedIn === deployment
  }

  function isTokenRefused(error: unknown): boolean {
    return isProblem(error, 'conversation_lost') && error.details.isTokenRefused === true
  }

  /** A token that is refused is renewed once, if it can be; when the fresh one is, too, we are at a loss. */
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
     * Does something in the conversation. When Salesforce does not let the visitor in any more, that
     * is remembered, so that the next start opens a new one.
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
