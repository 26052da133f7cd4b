/** Sets up the gateway in one of the dialects. */
import * as z from 'zod'
import { setupGateway, type TestGateway } from '../support/gateway.js'
import { noLimits } from '../support/sending.js'
import type { Dialect } from './dialects.js'

const started = z.object({ conversationId: z.string() })

/** Sets up a gateway in a dialect, with verbs that are the same in both. */
export function setupDialect({ salesforce, env, operations }: Dialect, overrides: object = {}) {
  const gateway: TestGateway = setupGateway({
    salesforce,
    env: { ...noLimits, ...env, ...overrides },
  })

  function exchangesOf(operation: keyof typeof operations) {
    const id = operations[operation]
    return gateway.salesforce.exchanges.filter(({ operationId }) => operationId === id)
  }

  /** Returns Salesforce's ids of the started conversations, the oldest first. */
  function names(): string[] {
    return exchangesOf('start').flatMap(({ requestBody, responseBody, status }) => {
      if (status === null || status > 299) return []
      const conversation = started.safeParse(responseBody).data ?? started.parse(requestBody)
      return conversation.conversationId
    })
  }

  return {
    gateway,
    exchangesOf,
    names,
    /** Returns Salesforce's id of the newest conversation. */
    name: () => names().at(-1) ?? '',
    fail: (operation: keyof typeof operations, fault: object) =>
      gateway.salesforce.fail({ what: 'drop', ...fault, operation: operations[operation] }),
    /** Returns the visitor's texts that Salesforce stores in a conversation. */
    stored: (name: string): string[] =>
      gateway.salesforce.conversation(name).entryLog.flatMap(({ entry }) => {
        const parsed = visitorEntry.safeParse(entry).data
        return parsed ? [parsed.entryPayload.abstractMessage.staticContent.text] : []
      }),
  }
}

const visitorEntry = z.object({
  sender: z.object({ role: z.literal('EndUser') }),
  entryPayload: z.object({
    abstractMessage: z.object({ staticContent: z.object({ text: z.string() }) }),
  }),
})
