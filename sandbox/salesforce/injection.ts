import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { type Actor, assistant, automatedProcess, dana } from './actors.js'
import { type Draft, messageEntry, textEntry } from './entries.js'
import { type Conversation, type LedgerEntry, record } from './ledger.js'
import { stateAt } from './state.js'
import type { World } from './world.js'

const milliseconds = z.int().min(0)

const moment = {
  /** How long from now it happens. */
  afterMs: milliseconds.default(0),
  /** Salesforce's clock, epoch milliseconds; left out: when it happens. */
  transcriptedTimestamp: z.int().optional(),
  /** How long after change it is listed; left out: the switch decides. */
  visibleAfterMs: milliseconds.optional(),
}

const from = z.enum(['Agent', 'Chatbot', 'EndUser', 'System'])

/** An entry from outside the script: a text, any message of §3.5, or any entry payload of §3.4. */
export const injectionSchema = z.union([
  z.strictObject({ text: z.string(), from: from.default('Agent'), ...moment }),
  z.strictObject({
    message: z.looseObject({ messageType: z.string(), id: z.string().optional() }),
    from: from.default('Agent'),
    ...moment,
  }),
  z.strictObject({
    payload: z.looseObject({ entryType: z.string(), id: z.string().optional() }),
    from: from.default('System'),
    ...moment,
  }),
])

/** An injection with its defaults filled in. */
export type Injection = z.infer<typeof injectionSchema>
/** An injection as a test or a person words it. */
export type InjectionInput = z.input<typeof injectionSchema>

/** Writes entries into a conversation as if somebody else had. */
export function inject(
  world: World,
  conversation: Conversation,
  injections: Injection[],
): LedgerEntry[] {
  return injections.map((injection) =>
    record(world, conversation, draftOf(injection, authorOf(world, conversation, injection.from)), {
      ...injection,
      happensAt: Date.now() + injection.afterMs,
    }),
  )
}

function draftOf(injection: Injection, author: Actor): Draft {
  if ('text' in injection) return textEntry(author, injection.text)
  if ('message' in injection) return messageEntry(author, injection.message)
  const { payload } = injection
  return { author, payload: { ...payload, id: payload.id ?? randomUUID() } }
}

/** The agent or bot who is there, before the ones that could be. */
function authorOf(world: World, conversation: Conversation, role: Injection['from']): Actor {
  const { serving } = stateAt(conversation, Date.now())
  if (serving?.participant.role === role) return serving
  const authors = {
    Agent: dana,
    Chatbot: assistant,
    EndUser: conversation.visitor,
    System: automatedProcess(world.deployment.orgId),
  }
  return authors[role]
}
