/** From what is stored of a conversation to the way to it in Salesforce. */
import { GatewayError, isProblem } from '../problem.js'
import type { Reach } from '../salesforce/messaging.js'
import type { Records, StoredConversation } from '../store/records.js'
import type { Vault } from '../store/vault.js'

/** A conversation and whose it is. */
export type Own = { visitorId: string; conversation: StoredConversation }

type Options = { vault: Vault; records: Records; deployment: string }

export type Reaches = ReturnType<typeof createReaches>

export function createReaches({ vault, records, deployment }: Options) {
  function isAlive({ status, expiresAt, deployment: startedIn }: StoredConversation): boolean {
    const isCurrent = expiresAt === null || expiresAt > Date.now()
    return status !== 'lost' && isCurrent && startedIn === deployment
  }

  async function reachOf({ visitorId, conversation }: Own): Promise<Reach> {
    const { id: conversationId, token: sealed } = conversation
    const token = isAlive(conversation) && sealed ? await vault.open(sealed, visitorId) : null
    if (token === null) throw new GatewayError('conversation_lost')
    return { token, conversationId }
  }

  return {
    /** Whether Salesforce would still let the visitor in, as far as we know. */
    isAlive,

    /**
     * Does something in the conversation. When Salesforce does not let the visitor in any more, that
     * is remembered, so that the next start opens a new one.
     */
    async within<T>(own: Own, work: (reach: Reach) => Promise<T>): Promise<T> {
      const reach = await reachOf(own)
      try {
        return await work(reach)
      } catch (error) {
        const { conversation, visitorId } = own
        if (isProblem(error, 'conversation_lost') && conversation.status === 'open') {
          const lost = { ...conversation, status: 'lost' as const }
          await records.replace(visitorId, conversation, lost).catch(() => undefined)
        }
        throw error
      }
    },
  }
}
