/** What the tests of both dialects begin with. */
import * as z from 'zod'
import { setupGateway, type TestGateway } from '../support/gateway.js'
import { noLimits } from '../support/sending.js'
import type { Dialect } from './dialects.js'

const started = z.object({ conversationId: z.string() })

/** A world that speaks a dialect, and the words to talk about it. */
export function setupDialect({ salesforce, env, operations }: Dialect, overrides: object = {}) {
  const gateway: TestGateway = setupGateway({
    salesforce,
    env: { ...noLimits, ...env, ...overrides },
  })

  function exchangesOf(operation: keyof typeof operations) {
    const id = operations[operation]
    return gateway.salesforce.exchanges.filter(({ operationId }) => operationId === id)
  }

  /** What Salesforce calls the conversations that were opened, the oldest first. */
  function names(): string[] {
    return exchangesOf('start').flatMap(({ requestBody, responseBody, status }) => {
      if (status === null || status > 299) return []
      const conversation = started.safeParse(responseBody).data ?? started.parse(requestBody)
      return conversation.conversationId
    })
  }

  return {
    gateway: gateway,
    exchangesOf,
    names,
    /** What Salesforce calls the newest conversation. */
    name: () => names().at(-1) ?? '',
    fail: (operation: keyof typeof operations, fault: object) =>
      gateway.salesforce.fail({ what: 'drop', ...fault, operation: operations[operation] }),
    /** The texts that visitors said in a conversation, as Salesforce stores them. */
    stored: (name: string): string[] =>
      gateway.salesforce.conversation(name).entryLog.flatMap(({ entry }) => {
        const text = visitorEntry.safeParse(entry).data
        return text ? [text.entryPayload.abstractMessage.staticContent.text] : []
      }),
  }
}

const visitorEntry = z.object({
  sender: z.object({ role: z.literal('EndUser') }),
  entryPayload: z.object({
    abstractMessage: z.object({ staticContent: z.object({ text: z.string() }) }),
  }),
})
