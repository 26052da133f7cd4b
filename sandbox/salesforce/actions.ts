import { type StreamedText, streamText } from './bot/streaming.js'
import { addBurst, addProgress } from './bot/texts.js'
import type { Conversation, LoggedEntry } from './conversation.js'
import { stateAt } from './conversation-state.js'
import { agentLeaves, responderVanishes, supervisorVisits, transfer } from './handover.js'
import { type InjectionInput, inject, injectionSchema } from './injection.js'
import { bot, defaultAgent } from './participants.js'
import { conversationById, type SandboxState } from './sandbox-state.js'
import {
  addSignals,
  agentJoins,
  endSession,
  type ScriptStep,
  stepNow,
  timestampOf,
} from './script.js'
import { queuePositionEntry, typingEntry } from './signals.js'

/** Lets the bot or agent in charge, or else Dana, begin or stop typing; only streams show it. */
export function agentTypes(
  sandbox: SandboxState,
  conversation: Conversation,
  state: 'Started' | 'Stopped',
): void {
  const step = stepNow(sandbox, conversation)
  const author = stateAt(conversation, step.happensAt).responder ?? defaultAgent
  addSignals(step, typingEntry(author, state, timestampOf(step)))
}

const authorOf = ({ conversation, happensAt }: ScriptStep) =>
  stateAt(conversation, happensAt).responder ?? bot

/** Sends this many messages at once, by the agent in charge or else by the bot. */
export function sendBurst(sandbox: SandboxState, conversation: Conversation, count: number): void {
  const step = stepNow(sandbox, conversation)
  addBurst(step, authorOf(step), count)
}

/** Shows what the bot or agent in charge is doing, on streams only. */
export function showProgress(
  sandbox: SandboxState,
  conversation: Conversation,
  text: string,
): void {
  const step = stepNow(sandbox, conversation)
  addProgress(step, authorOf(step), text)
}

/** Streams a text of the bot or agent in charge, and returns the id of its message. */
export function streamNow(
  sandbox: SandboxState,
  conversation: Conversation,
  streamed: StreamedText,
): string {
  const step = stepNow(sandbox, conversation)
  return streamText(step, authorOf(step), streamed)
}

/**
 * Creates the actions of agents in tests, by the id of a conversation.
 * @throws {TypeError} for an unknown conversation
 */
export function createActions(sandbox: SandboxState) {
  const find = (conversationId: string) => conversationById(sandbox, conversationId)
  const now = (conversationId: string) => stepNow(sandbox, find(conversationId))
  return {
    /** Returns all that is stored of a conversation, entries of later moments included. */
    conversation: find,

    /** Writes entries into a conversation as if another participant had sent them. */
    inject: (conversationId: string, entries: InjectionInput[]): LoggedEntry[] =>
      inject(
        sandbox,
        find(conversationId),
        entries.map((entry) => injectionSchema.parse(entry)),
      ),

    /** Hands the conversation to Dana, now. */
    agentJoins: (conversationId: string): void => agentJoins(now(conversationId)),

    /** Removes the bot or agent in charge, now, and queues the visitor. */
    agentLeaves: (conversationId: string): void => agentLeaves(now(conversationId)),

    /** Hands the conversation to Lee by way of a queue: three steps, `botDelayMs` apart. */
    transfer: (conversationId: string): void => transfer(now(conversationId)),

    /** Ends the messaging session, now, by this role. */
    endSession: (conversationId: string, endedByRole: string): void =>
      endSession(now(conversationId), endedByRole),

    /** Lets the bot or agent in charge begin or stop typing; only streams show it. */
    agentTypes: (conversationId: string, state: 'Started' | 'Stopped' = 'Started'): void =>
      agentTypes(sandbox, find(conversationId), state),

    /** Shows what the bot or agent in charge is doing; only streams tell. */
    progress: (conversationId: string, text: string): void =>
      showProgress(sandbox, find(conversationId), text),

    /** Tells the visitor's place in the queue; only streams do. */
    queuePosition: (conversationId: string, position: number): void =>
      addSignals(now(conversationId), queuePositionEntry(position)),

    /**
     * Streams a text of the bot or agent in charge, and writes its message; only clients of version
     * 63 get the pieces. Returns the id of the message.
     */
    streamText: (conversationId: string, streamed: StreamedText): string =>
      streamNow(sandbox, find(conversationId), streamed),

    /** Lets a supervisor join, whisper and leave, while the session goes on. */
    supervisorVisits: (conversationId: string): void => supervisorVisits(now(conversationId)),

    /** Removes the bot or agent in charge, the only sign that the session is over. */
    agentVanishes: (conversationId: string): void => responderVanishes(now(conversationId)),

    /** Sends this many messages of the bot or agent in charge at once, four in each millisecond. */
    burst: (conversationId: string, count = 20): void =>
      sendBurst(sandbox, find(conversationId), count),
  }
}
