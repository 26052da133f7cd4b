import * as z from 'zod'
import type { Actor } from './actors.js'
import type { Conversation } from './ledger.js'

/** What the entries so far add up to. */
export type ConversationState = {
  /** `enhanced-chat-api.md` §2.8. */
  routingStatus: 'INITIAL' | 'NEEDS_ROUTING' | 'ROUTED' | 'TRANSFER'
  hasSession: boolean
  /** The bot or agent who joined last and has not left. */
  serving: Actor | null
}

const happeningSchema = z.discriminatedUnion('entryType', [
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
const happenings = ['RoutingResult', 'SessionStatusChanged', 'ParticipantChanged']

/** How a conversation stands at a moment on our clock, a future one included. */
export function stateAt(conversation: Conversation, moment: number): ConversationState {
  return conversation.ledger
    .filter(({ entry, happensAt }) => happenings.includes(entry.entryType) && happensAt <= moment)
    .sort((a, b) => a.happensAt - b.happensAt)
    .map(({ entry }) => entry.entryPayload)
    .reduce<ConversationState>(next, {
      routingStatus: 'INITIAL',
      hasSession: false,
      serving: null,
    })
}

function next(state: ConversationState, payload: unknown): ConversationState {
  const { data: change } = happeningSchema.safeParse(payload)
  switch (change?.entryType) {
    case 'RoutingResult':
      if (change.routingType === 'Transfer') return transferred(state, change.failureType)
      return { routingStatus: 'INITIAL', hasSession: true, serving: null }
    case 'SessionStatusChanged':
      if (change.sessionStatus !== 'Ended') return state
      return { routingStatus: 'NEEDS_ROUTING', hasSession: false, serving: null }
    case 'ParticipantChanged':
      return change.entries.reduce(nextServing, state)
    default:
      return state
  }
}

/** A transfer that fails leaves everybody where they are (inferred). */
function transferred(state: ConversationState, failureType: string): ConversationState {
  return failureType === 'None' ? { ...state, routingStatus: 'TRANSFER' } : state
}

function nextServing(
  state: ConversationState,
  change: Actor & { operation: string },
): ConversationState {
  const { operation, displayName, participant } = change
  if (operation === 'add') {
    return { ...state, routingStatus: 'ROUTED', serving: { displayName, participant } }
  }
  const hasLeft =
    operation === 'remove' && state.serving?.participant.subject === participant.subject
  return hasLeft ? { ...state, serving: null } : state
}
