/** Folds the conversation's state from its entries (`enhanced-chat-api.md §3.6`). Pure. */
import type { EndedBy, Role } from '../contract/messages.js'
import type { Entry, ParticipantChange, StateChange } from './entries.js'

export type HandledBy = 'queue' | 'bot' | 'agent' | 'none' | 'unknown'

export type Participant = { role: Role; displayName: string | null; subject: string }

export type ConversationState = {
  handledBy: HandledBy
  participants: readonly Participant[]
  endedBy: EndedBy | null
  estimatedWaitSeconds: number | null
  /** Closed for good; a session that is over leaves the conversation open. */
  closed: boolean
}

/** Holds the state before the first entry: waiting to be routed. */
export const initialState: ConversationState = {
  handledBy: 'queue',
  participants: [],
  endedBy: null,
  estimatedWaitSeconds: null,
  closed: false,
}

/** Holds the state of a conversation whose beginning was not read. */
export const unknownState: ConversationState = { ...initialState, handledBy: 'unknown' }

/** These keep the state small enough to travel in every cursor. */
const maxParticipants = 6
const maxNameLength = 50

/** Cuts a name, but not through the middle of a character. */
function shortName(name: string | null): string | null {
  return name?.slice(0, maxNameLength).replace(/[\uD800-\uDBFF]$/, '') ?? null
}

function handler(participants: readonly Participant[], otherwise: HandledBy): HandledBy {
  if (participants.some(({ role }) => role === 'Agent')) return 'agent'
  if (participants.some(({ role }) => role === 'Chatbot')) return 'bot'
  return otherwise
}

/** Tells who serves visitors. Supervisors do not: visitors do not see them join or leave. */
function isStaff(role: Role): boolean {
  return role === 'Agent' || role === 'Chatbot'
}

function applyChange(
  participants: readonly Participant[],
  { operation, role, displayName, subject }: ParticipantChange,
): readonly Participant[] {
  const isSame = (other: Participant) => other.subject === subject && other.role === role
  if (operation === 'remove') return participants.filter((other) => !isSame(other))
  const joined = { role, displayName: shortName(displayName), subject }
  if (participants.some(isSame)) {
    return participants.map((other) => (isSame(other) ? joined : other))
  }
  return [...participants, joined].slice(-maxParticipants)
}

/** Returns who is in charge when no staff is present; after an end that is `none`. */
function handlerWithoutStaff({ handledBy }: ConversationState): HandledBy {
  return handledBy === 'none' ? 'none' : 'queue'
}

function changeParticipants(
  state: ConversationState,
  changes: readonly ParticipantChange[],
): ConversationState {
  const staff = changes.filter(({ role }) => isStaff(role))
  if (staff.length === 0) return state
  const participants = staff.reduce(applyChange, state.participants)
  const handledBy = handler(participants, handlerWithoutStaff(state))
  const served = handledBy === 'bot' || handledBy === 'agent'
  return {
    ...state,
    participants,
    handledBy,
    ...(served && { endedBy: null, estimatedWaitSeconds: null }),
  }
}

function applyMessage(
  state: ConversationState,
  message: StateChange & { kind: 'message' },
): ConversationState {
  const { role, displayName, subject } = message
  if (role === 'EndUser') {
    return state.handledBy === 'none' ? { ...state, handledBy: 'queue', endedBy: null } : state
  }
  if (state.handledBy !== 'unknown' || !isStaff(role)) return state
  return changeParticipants(state, [{ operation: 'add', role, displayName, subject }])
}

function applyStateChange(state: ConversationState, change: StateChange): ConversationState {
  if (state.closed) return state
  switch (change.kind) {
    case 'message':
      return applyMessage(state, change)
    case 'participants':
      return changeParticipants(state, change.changes)
    case 'routing':
      return {
        ...state,
        handledBy: handler(state.participants, change.failed ? 'none' : 'queue'),
        estimatedWaitSeconds: change.failed ? null : change.estimatedWaitSeconds,
        endedBy: change.failed ? state.endedBy : null,
      }
    case 'queued':
      return { ...state, handledBy: handler(state.participants, 'queue') }
    case 'session':
      if (!change.over) {
        const handledBy = state.handledBy === 'none' ? 'queue' : state.handledBy
        return { ...state, handledBy, endedBy: null }
      }
      return {
        ...initialState,
        handledBy: 'none',
        endedBy: change.endedBy ?? 'System',
      }
    case 'closed':
      return { ...initialState, handledBy: 'none', endedBy: 'EndUser', closed: true }
  }
}

/** Folds entries, oldest first, onto a state. */
export function foldState(state: ConversationState, entries: readonly Entry[]): ConversationState {
  return entries.reduce(
    (folded, { change }) => (change ? applyStateChange(folded, change) : folded),
    state,
  )
}
