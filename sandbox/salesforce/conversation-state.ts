import * as z from 'zod'
import type { Conversation } from './conversation.js'
import type { NamedParticipant } from './participants.js'

/** Holds the state that the entries so far add up to. */
export type ConversationState = {
  /** Follows `enhanced-chat-api.md` §2.8. */
  routingStatus: 'INITIAL' | 'NEEDS_ROUTING' | 'ROUTED' | 'TRANSFER'
  hasSession: boolean
  /** Is the bot or agent who joined last and has not left. */
  responder: NamedParticipant | null
}

const stateChangeSchema = z.discriminatedUnion('entryType', [
  z.object({
    entryType: z.literal('RoutingResult'),
    routingType: z.string(),
    failureType: z.string().nullish(),
    failureReason: z.string().nullish(),
  }),
  z.object({
    entryType: z.literal('SessionStatusChanged'),
    sessionStatus: z.string(),
    sessionEndedByRole: z.string().nullish(),
  }),
  z.object({
    entryType: z.literal('ParticipantChanged'),
    entries: z.array(
      z.object({
        operation: z.string(),
        displayName: z.string(),
        participant: z.object({
          role: z.string(),
          appType: z.string().optional(),
          subject: z.string().optional(),
          clientIdentifier: z.string().nullish(),
        }),
      }),
    ),
  }),
])

/**
 * Lists the types that change the state; a conversation may have ten thousand entries of others.
 */
const stateChangeTypes = ['RoutingResult', 'SessionStatusChanged', 'ParticipantChanged']

/** Returns a conversation's state at a moment on our clock, a future one included. */
export function stateAt(conversation: Conversation, moment: number): ConversationState {
  return conversation.entryLog
    .filter(
      ({ entry, happensAt }) => stateChangeTypes.includes(entry.entryType) && happensAt <= moment,
    )
    .sort((a, b) => a.happensAt - b.happensAt)
    .map(({ entry }) => entry.entryPayload)
    .reduce<ConversationState>(applyChange, {
      routingStatus: 'INITIAL',
      hasSession: false,
      responder: null,
    })
}

function applyChange(state: ConversationState, payload: unknown): ConversationState {
  const { data: change } = stateChangeSchema.safeParse(payload)
  switch (change?.entryType) {
    case 'RoutingResult':
      if (change.routingType === 'Transfer') return applyTransfer(state, change)
      return { routingStatus: 'INITIAL', hasSession: true, responder: null }
    case 'SessionStatusChanged':
      if (change.sessionStatus !== 'Ended') return state
      // A supervisor's own session ends; the visitor's goes on as long as it is served.
      if (change.sessionEndedByRole === 'Supervisor' && state.responder) return state
      return { routingStatus: 'NEEDS_ROUTING', hasSession: false, responder: null }
    case 'ParticipantChanged':
      return change.entries.reduce(applyParticipantChange, state)
    default:
      return state
  }
}

/** Applies a transfer; one that fails changes no participant (inferred). */
function applyTransfer(
  state: ConversationState,
  failure: { failureType?: string | null | undefined; failureReason?: string | null | undefined },
): ConversationState {
  const hasFailed = (failure.failureType ?? 'None') !== 'None' || Boolean(failure.failureReason)
  return hasFailed ? state : { ...state, routingStatus: 'TRANSFER' }
}

function applyParticipantChange(
  state: ConversationState,
  change: NamedParticipant & { operation: string },
): ConversationState {
  const { operation, displayName, participant } = change
  if (participant.role === 'Supervisor') return state
  if (operation === 'add') {
    return { ...state, routingStatus: 'ROUTED', responder: { displayName, participant } }
  }
  const hasLeft =
    operation === 'remove' && state.responder?.participant.subject === participant.subject
  if (!hasLeft) return state
  if (state.routingStatus === 'TRANSFER') return { ...state, responder: null }
  // A participant who leaves without a transfer has ended the session.
  return { routingStatus: 'NEEDS_ROUTING', hasSession: false, responder: null }
}
