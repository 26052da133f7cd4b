import type { Conversation } from './conversation.js'
import { stateAt } from './conversation-state.js'
import {
  closeConversationEntry,
  type EntryDraft,
  participantEntry,
  routingResultEntry,
  routingWorkEntry,
  sessionStatusEntry,
  textEntry,
} from './entries.js'
import { addEntry, addSignal, cancelAfter } from './entry-log.js'
import { bot, defaultAgent, type NamedParticipant } from './participants.js'
import { newRecordId, type SandboxState, salesforceNow } from './sandbox-state.js'

/** Holds a conversation and a moment on our clock when something happens in it. */
export type ScriptStep = { sandbox: SandboxState; conversation: Conversation; happensAt: number }

/** Returns the step of this moment. */
export function stepNow(sandbox: SandboxState, conversation: Conversation): ScriptStep {
  return { sandbox, conversation, happensAt: Date.now() }
}

/** Returns the step after the delay of a bot or agent. */
export function stepAfterDelay(sandbox: SandboxState, conversation: Conversation): ScriptStep {
  return { sandbox, conversation, happensAt: Date.now() + sandbox.switches.botDelayMs }
}

/** Writes entries that all happen in the step's millisecond. */
export function addEntries(
  { sandbox, conversation, happensAt }: ScriptStep,
  ...drafts: EntryDraft[]
): void {
  for (const draft of drafts) addEntry(sandbox, conversation, draft, { happensAt })
}

/** Returns a step some delays of a bot or agent later. */
export function stepLater(step: ScriptStep, count = 1): ScriptStep {
  return { ...step, happensAt: step.happensAt + count * step.sandbox.switches.botDelayMs }
}

/** Returns the step's moment on Salesforce's clock. */
export const timestampOf = ({ sandbox, happensAt }: ScriptStep) =>
  happensAt + sandbox.switches.clockSkewMs

/** Sends signals to the visitor's streams; no list shows them. */
export function addSignals(
  { sandbox, conversation, happensAt }: ScriptStep,
  ...drafts: EntryDraft[]
): void {
  for (const draft of drafts) addSignal(sandbox, conversation, draft, happensAt)
}

/** Routes a new messaging session to the bot, who joins and greets (`enhanced-chat-api.md` §3.6). */
export function openSession(sandbox: SandboxState, conversation: Conversation): void {
  const sessionId = newRecordId(sandbox, '0Mw')
  conversation.session = { id: sessionId, startTimestamp: salesforceNow(sandbox) }
  addEntries(
    stepNow(sandbox, conversation),
    routingResultEntry('Initial', sessionId),
    routingWorkEntry('Assigned', { sessionId, routingType: 'Initial' }),
  )
  const nextStep = stepAfterDelay(sandbox, conversation)
  addEntries(
    nextStep,
    sessionStatus(nextStep, { sessionStatusPrev: 'Waiting', sessionStatus: 'Active' }),
    participantEntry('add', bot),
    textEntry(bot, 'Hello, I am the Harbor Assistant. How can I help you?'),
  )
}

/** Hands the conversation over: the bot or agent in charge leaves, an agent joins and greets. */
export function agentJoins(step: ScriptStep, agent: NamedParticipant = defaultAgent): void {
  cancelAfter(step.sandbox, step.conversation, step.happensAt)
  const { responder } = stateAt(step.conversation, step.happensAt)
  const sessionId = step.conversation.session.id
  const work = { sessionId, routingType: 'Transfer' as const }
  addEntries(
    step,
    routingResultEntry('Transfer', sessionId),
    ...(responder ? [participantEntry('remove', responder)] : []),
    routingWorkEntry('Assigned', work),
    routingWorkEntry('Accepted', work),
    participantEntry('add', agent),
    textEntry(agent, `Hello, this is ${agent.displayName}. How can I help you?`),
  )
}

/** Ends the messaging session by this role, and removes what was to happen in it later. */
export function endSession(step: ScriptStep, endedByRole: string): void {
  const { conversation, happensAt } = step
  cancelAfter(step.sandbox, conversation, happensAt)
  const { responder } = stateAt(conversation, happensAt)
  if (responder) addEntries(step, participantEntry('remove', responder))
  addEntries(
    step,
    sessionStatus(step, {
      sessionStatusPrev: 'Active',
      sessionStatus: 'Ended',
      sessionEndTime: timestampOf(step),
      sessionEndedByRole: endedByRole,
    }),
  )
}

/** Closes the conversation by the visitor: the session ends, and nothing follows (§2.14). */
export function closeConversation(step: ScriptStep): void {
  const { sandbox, conversation, happensAt } = step
  conversation.endTimestamp = timestampOf(step)
  if (stateAt(conversation, happensAt).hasSession) endSession(step, 'EndUser')
  const add = sandbox.switches.listsCloseConversation ? addEntries : addSignals
  add(step, closeConversationEntry(conversation.visitor, conversation.id))
}

/** Creates the entry of the running session's status. */
export function sessionStatus(
  { sandbox, conversation }: ScriptStep,
  change: {
    sessionStatusPrev: string
    sessionStatus: string
    sessionEndTime?: number
    sessionEndedByRole?: string
  },
): EntryDraft {
  return sessionStatusEntry({
    conversationIdentifier: conversation.id,
    channelAddressIdentifier: sandbox.deployment.channelAddressIdentifier,
    sessionId: conversation.session.id,
    sessionStartTime: conversation.session.startTimestamp,
    sessionEndTime: null,
    sessionEndedByRole: null,
    ...change,
  })
}
