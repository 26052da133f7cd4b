import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Conversation, LoggedEntry } from './conversation.js'
import { stateAt } from './conversation-state.js'
import { type EntryDraft, messageEntry, textEntry } from './entries.js'
import { addEntry } from './entry-log.js'
import {
  automatedProcess,
  bot,
  defaultAgent,
  type NamedParticipant,
  router,
  supervisor,
} from './participants.js'
import type { SandboxState } from './sandbox-state.js'

const milliseconds = z.int().min(0)

const timingFields = {
  /** Is the number of milliseconds from now until it happens. */
  afterMs: milliseconds.default(0),
  /** Is in epoch milliseconds on Salesforce's clock; by default the moment when it happens. */
  transcriptedTimestamp: z.int().optional(),
  /** Is the number of milliseconds until it is listed; by default the switch decides. */
  visibleAfterMs: milliseconds.optional(),
}

const from = z.enum(['Agent', 'Chatbot', 'EndUser', 'Router', 'Supervisor', 'System'])

/**
 * Parses an entry from outside the script: a text, any message of §3.5, or any entry payload of
 * §3.4.
 */
export const injectionSchema = z.union([
  z.strictObject({ text: z.string(), from: from.default('Agent'), ...timingFields }),
  z.strictObject({
    message: z.looseObject({ messageType: z.string(), id: z.string().optional() }),
    from: from.default('Agent'),
    ...timingFields,
  }),
  z.strictObject({
    payload: z.looseObject({ entryType: z.string(), id: z.string().optional() }),
    from: from.default('System'),
    ...timingFields,
  }),
])

/** Describes an injection with its defaults filled in. */
export type Injection = z.infer<typeof injectionSchema>
/** Describes an injection as a test or a person writes it. */
export type InjectionInput = z.input<typeof injectionSchema>

/** Writes entries into a conversation as if another participant had sent them. */
export function inject(
  sandbox: SandboxState,
  conversation: Conversation,
  injections: Injection[],
): LoggedEntry[] {
  return injections.map((injection) =>
    addEntry(
      sandbox,
      conversation,
      draftOf(injection, authorOf(sandbox, conversation, injection.from)),
      {
        ...injection,
        happensAt: Date.now() + injection.afterMs,
      },
    ),
  )
}

function draftOf(injection: Injection, author: NamedParticipant): EntryDraft {
  if ('text' in injection) return textEntry(author, injection.text)
  if ('message' in injection) return messageEntry(author, injection.message)
  const { payload } = injection
  return { author, payload: { ...payload, id: payload.id ?? randomUUID() } }
}

/** Returns the present agent or bot of this role, or else the usual one. */
function authorOf(
  sandbox: SandboxState,
  conversation: Conversation,
  role: Injection['from'],
): NamedParticipant {
  const { responder } = stateAt(conversation, Date.now())
  if (responder?.participant.role === role) return responder
  const authors = {
    Agent: defaultAgent,
    Chatbot: bot,
    EndUser: conversation.visitor,
    Router: router(sandbox.deployment.orgId),
    Supervisor: supervisor,
    System: automatedProcess(sandbox.deployment.orgId),
  }
  return authors[role]
}
