/** Salesforce's entries → what the gateway's poll understands (`enhanced-chat-api.md §3`). Pure; never throws. */
import { isoTime } from '../../contract/common.js'
import { type Role, role as roleSchema } from '../../contract/messages.js'
import { parseJson } from '../../json.js'
import type { Entry, StateChange } from '../../polling/entries.js'
import { plainName, toPlainText } from '../text.js'
import { toMessage } from './messages/message.js'
import * as schemas from './schemas.js'

/** Result of mapping an entry: a message for visitors, a change of the state, both or nothing. */
type Outcome = Pick<Entry, 'message' | 'change'>

const nothing: Outcome = { message: null, change: null }
const queued: Outcome = { message: null, change: { kind: 'queued' } }

/** `Router` is `System`, and so is a role we do not know. */
function roleOf(role: string | null | undefined): Role {
  return roleSchema.safeParse(role).data ?? 'System'
}

/** Long enough to tell participants apart, short enough to travel in a cursor. */
function subjectOf(subject: string | null | undefined): string {
  return (subject ?? '').slice(-18)
}

function envelopeOf(entry: schemas.ListedEntry) {
  return {
    id: entry.identifier,
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

function mapParticipants(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.participantPayload.safeParse(payload)
  if (!read.success || read.data.entries.length === 0) return nothing
  const changes = read.data.entries.map(({ operation, participant, displayName }) => ({
    operation,
    role: roleOf(participant.role),
    displayName: plainName(displayName),
    subject: subjectOf(participant.subject),
  }))
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

function mapRouting(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.routingPayload.safeParse(payload)
  if (!read.success) return nothing
  const { routingType: type, failureType, failureReason, estimatedWaitTime } = read.data
  const failed = failureType !== 'None'
  const failure = failed ? toPlainText(failureReason || failureType) : null
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

function mapSession(payload: unknown, envelope: Envelope): Outcome {
  const read = schemas.sessionPayload.safeParse(payload)
  if (!read.success) return nothing
  const { sessionStatus, sessionStatusPrev, sessionEndedByRole } = read.data
  const over = sessionStatus === 'Ended'
  const endedBy = sessionEndedByRole ? roleOf(sessionEndedByRole) : null
  const session = {
    status: toPlainText(sessionStatus),
    ...(sessionStatusPrev && { previous: toPlainText(sessionStatusPrev) }),
    ...(endedBy && { endedBy }),
  }
  const text = over ? 'The session has ended.' : `The session is ${toPlainText(sessionStatus)}.`
  return {
    message: { ...envelope, messageType: 'SessionStatusChanged', text, session },
    change: { kind: 'session', over, endedBy },
  }
}

/** The payload comes as an object, or as a JSON string (`§3.1`). */
function payloadOf({ entryPayload }: schemas.ListedEntry): unknown {
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
  const { identifier: id, transcriptedTimestamp: at } = read.data
  return { id, at, ...outcomeOf(read.data) }
}
