/** What the page says about what happens: senders, system lines, status. Pure: data in, text out. */

const roles = { Chatbot: 'Assistant', Agent: 'Agent', Supervisor: 'Supervisor', System: 'System' }
const operations = { add: 'joined the chat', remove: 'left the chat' }
const enders = {
  EndUser: 'You',
  Agent: 'The agent',
  Supervisor: 'The agent',
  Chatbot: 'The assistant',
}

/** Who is speaking, for people: the display name, else the role. */
export const nameOf = ({ role, displayName }) =>
  role === 'EndUser' ? 'You' : displayName || roles[role] || 'Someone'

const minutes = (seconds) => `about ${Math.max(1, Math.round(seconds / 60))} min`

const lines = {
  FormResponseMessage: ({ result, text }) =>
    result?.ok === false ? `${text}\nPlease correct the form and send it again.` : result && text,
  ParticipantChanged: ({ participants }) =>
    participants
      .filter(({ role, operation }) => role !== 'EndUser' && operations[operation])
      .map((participant) => `${nameOf(participant)} ${operations[participant.operation]}`)
      .join(', '),
  RoutingResult({ routing: { type, failure, estimatedWaitSeconds } }) {
    if (failure) return 'Nobody is free to take the chat right now'
    if (estimatedWaitSeconds) return `Estimated wait: ${minutes(estimatedWaitSeconds)}`
    return type === 'Transfer' ? 'Bringing in a colleague' : ''
  },
  SessionStatusChanged({ session: { status, previous, endedBy }, text }) {
    if (status === 'Ended') return `${enders[endedBy] ?? 'The system'} ended the session`
    if (status === 'Inactive') return 'The session is paused, as it has been quiet'
    if (status === 'Active' && previous === 'Inactive') return 'The session goes on'
    return ['New', 'Waiting', 'Active'].includes(status) ? '' : text
  },
}

const plainTypes = new Set([undefined, 'StaticContentMessage', 'UnknownMessage'])

/** The system line of an entry; empty when it has nothing to tell; undefined when it is a message. */
export function lineOf(message) {
  const { messageType, sender, text } = message
  const line = lines[messageType]
  if (line) return line(message)
  return sender.role === 'System' && plainTypes.has(messageType) ? text : undefined
}

const hours = new Intl.DateTimeFormat('en', { timeStyle: 'short' })
const days = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' })
const moment = {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
}

/** `Tuesday, November 24`, where the visitor is. */
export const dayOf = (timestamp) => days.format(new Date(timestamp))

/** `Tue, Nov 24, 9:00 AM GMT+1`: for the visitor and for agents elsewhere. */
export function momentOf(timestamp) {
  const date = new Date(timestamp)
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return date.toLocaleString('en', isThisYear ? moment : { ...moment, year: 'numeric' })
}

/** `9:00 – 10:00 AM`. */
export function spanOf({ startTime, durationSeconds }) {
  const start = new Date(startTime)
  return hours.formatRange(start, new Date(start.getTime() + durationSeconds * 1000))
}

/** The status line of a conversation: `[tone, text]`. */
export function statusOf({ status, handledBy, participants, estimatedWaitSeconds }) {
  const wait = estimatedWaitSeconds ? `, ${minutes(estimatedWaitSeconds)}` : ''
  if (status === 'ended') return ['over', 'Chat ended']
  if (handledBy === 'queue') return ['waiting', `Waiting for an agent${wait}`]
  if (handledBy === 'none') return ['idle', 'Write a message to go on']
  const partner = participants.findLast(({ role }) =>
    handledBy === 'bot' ? role === 'Chatbot' : role === 'Agent' || role === 'Supervisor',
  )
  return ['good', partner ? `Connected to ${nameOf(partner)}` : 'Connected']
}

const reasons = {
  conversation_ended: 'This chat has ended.',
  conversation_lost: 'This chat is no longer available.',
  conversation_not_found: 'This chat is no longer available.',
  unreachable: 'There is no connection.',
}

/** Why something did not work, in a sentence that a visitor understands. */
export function reasonOf(problem) {
  const seconds = Math.ceil((problem.retryAfterMs ?? 0) / 1000)
  if (seconds) return `The chat is busy; try again in ${seconds} s.`
  if (problem.status >= 500) return 'The chat does not answer right now.'
  return reasons[problem.code] ?? problem.message
}

/** The status line while reading fails and is repeated. */
export function troubleOf(problem) {
  if (!navigator.onLine) return 'You are offline, trying again'
  return problem.status === 429 ? 'Very busy, trying again' : 'Connection trouble, trying again'
}
