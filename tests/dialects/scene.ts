/** What the tests of both dialects begin with. */
import * as z from 'zod'
import { roomy } from '../api/saying.js'
import { openWorld, type World } from '../support/world.js'
import type { Dialect } from './table.js'

const started = z.object({ conversationId: z.string() })

/** A world that speaks a dialect, and the words to talk about it. */
export function openScene({ salesforce, env, operations }: Dialect, more: object = {}) {
  const world: World = openWorld({ salesforce, env: { ...roomy, ...env, ...more } })

  function exchangesOf(operation: keyof typeof operations) {
    const id = operations[operation]
    return world.salesforce.exchanges.filter(({ operationId }) => operationId === id)
  }

  /** What Salesforce calls the conversations that were opened, the oldest first. */
  function names(): string[] {
    return exchangesOf('open').flatMap(({ requestBody, responseBody, status }) => {
      if (status === null || status > 299) return []
      const told = started.safeParse(responseBody).data ?? started.parse(requestBody)
      return told.conversationId
    })
  }

  return {
    world,
    exchangesOf,
    names,
    /** What Salesforce calls the newest conversation. */
    name: () => names().at(-1) ?? '',
    fail: (operation: keyof typeof operations, fault: object) =>
      world.salesforce.fail({ what: 'drop', ...fault, operation: operations[operation] }),
    /** The texts that visitors said in a conversation, as Salesforce stores them. */
    stored: (name: string): string[] =>
      world.salesforce.conversation(name).ledger.flatMap(({ entry }) => {
        const text = saidByVisitor.safeParse(entry).data
        return text ? [text.entryPayload.abstractMessage.staticContent.text] : []
      }),
  }
}

const saidByVisitor = z.object({
  sender: z.object({ role: z.literal('EndUser') }),
  entryPayload: z.object({
    abstractMessage: z.object({ staticContent: z.object({ text: z.string() }) }),
  }),
})
