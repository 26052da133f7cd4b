/** Reads the list of a visitor's conversations (`enhanced-chat-api.md §2.7`). */
import { GatewayError, isProblem } from '../../problem.js'
import type { SalesforceRequest } from '../http.js'
import type { ConversationRef, ListedConversation } from '../messaging.js'
import { sendWithRetry } from '../retry.js'
import { type Listed, pageSize, parseConversations } from './responses.js'

/** Salesforce's list of conversations is read to this many pages of 50 (`§2.7`). */
const maxPages = 10

/** Throws a look that failed on: whether the conversation was opened stays unknown. */
function lookFailed(error: unknown): never {
  if (!isProblem(error)) throw error
  const { retryAfterMs } = error.details
  const delay = retryAfterMs !== undefined && { retryAfterMs }
  throw new GatewayError('upstream_unavailable', { effect: 'unknown', ...delay })
}

/** @param api the address that all paths of the API begin with */
export function createConversationList(api: string) {
  function listPage(token: string, from: number): Promise<Listed> {
    const query = new URLSearchParams({ inclClosedConvs: 'true', limit: String(pageSize) })
    if (from > 0) query.set('startTimestamp', String(from))
    const url = `${api}/conversation/list?${query}`
    const request: SalesforceRequest = { method: 'GET', url, token }
    return sendWithRetry(request, parseConversations)
  }

  /** Lists oldest first, so that the next page begins where the last one ended. */
  async function listConversations(token: string): Promise<ListedConversation[]> {
    const found = new Map<string, ListedConversation>()
    for (let from = 0, pages = 0; pages < maxPages; pages++) {
      const page = await listPage(token, from)
      for (const { id, endedAt } of page) found.set(id, { id, endedAt })
      const newest = Math.max(from, ...page.map(({ startedAt }) => startedAt))
      if (page.length < pageSize || newest === from) break
      from = newest
    }
    return [...found.values()]
  }

  /**
   * Looks if a conversation that exists already is the owner's, and open.
   * @throws {GatewayError} conversation_ended when it is closed
   * @throws {GatewayError} upstream_rejected when it is not the owner's
   * @throws {GatewayError} upstream_unavailable when that cannot be found out
   */
  async function expectOpen({ token, conversationId }: ConversationRef): Promise<void> {
    const listed = await listConversations(token).catch(lookFailed)
    const found = listed.find(({ id }) => id === conversationId)
    if (!found) throw new GatewayError('upstream_rejected', { effect: 'none' })
    if (found.endedAt !== null) throw new GatewayError('conversation_ended', { effect: 'none' })
  }

  return { listConversations, expectOpen }
}
