import * as z from 'zod'
import type { Conversation } from './conversation.js'
import type { NamedParticipant } from './participants.js'

/** State that the entries so far add up to. */
export type ConversationState = {
  /** `enhanced-chat-api.md` §2.8. */
  routingStatus: 'INITIAL' | 'NEEDS_ROUTING' | 'ROUTED' | 'TRANSFER'
  hasSession: boolean
  /** The bot or agent who joined last and has not left. */
  responder: NamedParticipant | null
}

const stateChangeSchema = z.discriminatedUnion('entryType', [
  z.object({
    entryType: z.literal('RoutingResult'),
    routingType: z.string(),
    failureType: z.string().default('None'),
  }),
  z.object({ entryType: z.literal('SessionStatusChanged'), sessionStatus: z.string() }),
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

/** All others change nothing, and there may be ten thousand of them. */
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
      if (change.routingType === 'Transfer') return applyTransfer(state, change.failureType)
      return { routingStatus: 'INITIAL', hasSession: true, responder: null }
    case 'SessionStatusChanged':
      if (change.sessionStatus !== 'Ended') return state
      return { routingStatus: 'NEEDS_ROUTING', hasSession: false, responder: null }
    case 'ParticipantChanged':
      return change.entries.reduce(applyParticipantChange, state)
    default:
      return state
  }
}

/** A transfer that fails leaves everybody where they are (inferred). */
function applyTransfer(state: ConversationState, failureType: string): ConversationState {
  return failureType === 'None' ? { ...state, routingStatus: 'TRANSFER' } : state
}

function applyParticipantChange(
  state: ConversationState,
  change: NamedParticipant & { operation: string },
): ConversationState {
  const { operation, displayName, participant } = change
  if (operation === 'add') {
    return { ...state, routingStatus: 'ROUTED', responder: { displayName, participant } }
  }
  const hasLeft =
    operation === 'remove' && state.responder?.participant.subject === participant.subject
  return hasLeft ? { ...state, responder: null } : state
}
