/**
 * Converts Salesforce's entries for the gateway's polls (`enhanced-chat-api.md §3`). Pure; never
 * throws.
 */
import { isoTime } from '../../contract/common.js'
import { type EndedBy, type Role, role as roleSchema } from '../../contract/messages.js'
import { parseJson } from '../../json.js'
import type { Entry, StateChange } from '../../polling/entries.js'
import { plainName, toPlainText } from '../text.js'
import { toMessage } from './messages/message.js'
import * as schemas from './schemas.js'

/**
 * Describes the result of mapping an entry: a message for visitors, a change of the state, both or
 * nothing.
 */
type Outcome = Pick<Entry, 'message' | 'change'>

const nothing: Outcome = { message: null, change: null }
const queued: Outcome = { message: null, change: { kind: 'queued' } }

/** Maps a role to the contract's: `Router` is `System`, and so is an unknown role. */
export function roleOf(role: string | null | undefined): Role {
  return roleSchema.safeParse(role).data ?? 'System'
}

/**
 * Shortens a subject: long enough to tell participants apart, short enough to travel in a cursor.
 */
export function subjectOf(subject: string | null | undefined): string {
  return (subject ?? '').slice(-18)
}

/**
 * Returns the id of an entry. A visitor's message goes by the id it was sent under, in lower case;
 * the ids of others are opaque.
 */
function idOf({ identifier, sender }: schemas.ListedEntry): string {
  const ownId = sender?.role === 'EndUser' ? schemas.uuid.safeParse(identifier).data : undefined
  return ownId ?? identifier
}

function envelopeOf(entry: schemas.ListedEntry) {
  return {
    id: idOf(entry),
    sender: { role: roleOf(entry.sender?.role), displayName: plainName(entry.senderDisplayName) },
    timestamp: isoTime(entry.transcriptedTimestamp),
  }
}

type Envelope = ReturnType<typeof envelopeOf>

function mapMessage(payload: unknown, envelope: Envelope, entry: schemas.ListedEntry): Outcome {
  const subject = subjectOf(entry.sender?.subject)
  const change: StateChange = { kind: 'message', ...envelope.sender, subject }
  return { message: toMessage(payload, envelope), change }
}

const participantVerbs = { add: 'joined', remove: 'left', update: 'changed' } as const

/** Maps who joins and leaves. Supervisors listen unseen (`§3.2`). */
function mapParticipants(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.participantPayload.safeParse(payload)
  if (!read.success) return nothing
  const changes = read.data.entries
    .map(({ operation, participant, displayName }) => ({
      operation,
      role: roleOf(participant.role),
      displayName: plainName(displayName),
      subject: subjectOf(participant.subject),
    }))
    .filter(({ role }) => role !== 'Supervisor')
  if (changes.length === 0) return nothing
  const text = changes
    .map(
      ({ operation, role, displayName }) =>
        `${displayName ?? role} ${participantVerbs[operation]}.`,
    )
    .join(' ')
  const participants = changes.map(({ subject: _, ...change }) => change)
  return {
    message: { ...envelope, messageType: 'ParticipantChanged', text, participants },
    change: { kind: 'participants', changes },
  }
}

/** Returns the reason of a failure, else its type; null for `None` and for nothing. */
function failureOf(...causes: readonly (string | null | undefined)[]): string | null {
  const cause = causes.find((each) => each && each !== 'None')
  return cause ? toPlainText(cause) : null
}

function mapRouting(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.routingPayload.safeParse(payload)
  if (!read.success) return nothing
  const { routingType: type, failureType, failureReason, estimatedWaitTime } = read.data
  const failure = failureOf(failureReason, failureType)
  const failed = failure !== null
  const wait = estimatedWaitTime?.estimatedWaitTimeInSeconds ?? null
  const routing = {
    type: toPlainText(type),
    failure,
    ...(wait !== null && { estimatedWaitSeconds: wait }),
  }
  const text = failed ? 'Nobody is available right now.' : 'Looking for somebody to help.'
  return {
    message: { ...envelope, messageType: 'RoutingResult', text, routing },
    change: { kind: 'routing', failed, estimatedWaitSeconds: wait },
  }
}

/** Maps routing work: assigned work means waiting, and the end of work changes nothing. */
function mapWork(payload: unknown): Outcome {
  const workType = schemas.workPayload.safeParse(payload).data?.workType
  return workType === 'Assigned' || workType === 'Transferred' ? queued : nothing
}

/** Returns who ended a session: a Supervisor counts as an agent, a bot and routing as the system. */
function endedByOf(role: Role): EndedBy {
  if (role === 'EndUser') return 'EndUser'
  return role === 'Agent' || role === 'Supervisor' ? 'Agent' : 'System'
}

/**
 * Maps the status of a session. An end by a Supervisor may end nothing for the visitor (`§3.6`), so
 * it needs to be confirmed.
 */
function mapSession(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.sessionPayload.safeParse(payload)
  if (!read.success) return nothing
  const { sessionStatus, sessionStatusPrev, sessionEndedByRole } = read.data
  const over = sessionStatus === 'Ended'
  const role = sessionEndedByRole ? roleOf(sessionEndedByRole) : null
  const endedBy = role && endedByOf(role)
  const isUnconfirmed = over && role === 'Supervisor'
  const session = {
    status: toPlainText(sessionStatus),
    ...(sessionStatusPrev && { previous: toPlainText(sessionStatusPrev) }),
    ...(endedBy && { endedBy }),
  }
  const text = over ? 'The session has ended.' : `The session is ${toPlainText(sessionStatus)}.`
  return {
    message: { ...envelope, messageType: 'SessionStatusChanged', text, session },
    change: { kind: 'session', over, endedBy, ...(isUnconfirmed && { isUnconfirmed }) },
  }
}

/** Reads the payload, which is an object or a JSON string (`§3.1`). */
export function payloadOf({ entryPayload }: { entryPayload?: unknown }): unknown {
  return typeof entryPayload === 'string' ? parseJson(entryPayload) : entryPayload
}

function outcomeOf(entry: schemas.ListedEntry): Outcome {
  const envelope = envelopeOf(entry)
  const payload = payloadOf(entry)
  switch (entry.entryType) {
    case 'Message':
      return mapMessage(payload, envelope, entry)
    case 'ParticipantChanged':
      return mapParticipants(payload, envelope)
    case 'RoutingResult':
      return mapRouting(payload, envelope)
    case 'SessionStatusChanged':
      return mapSession(payload, envelope)
    case 'RoutingWorkResult':
      return mapWork(payload)
    case 'QueuePosition':
      return queued
    case 'CloseConversation':
      return { message: null, change: { kind: 'closed' } }
    default:
      return nothing
  }
}

/** Maps one entry of Salesforce's list; null when it has no id or no time. */
export function toEntry(listed: unknown): Entry | null {
  const read = schemas.listedEntry.safeParse(listed)
  if (!read.success) return null
  return { id: idOf(read.data), at: read.data.transcriptedTimestamp, ...outcomeOf(read.data) }
}
