import type { ChatMessage, Connection, ConversationState, Snapshot } from '../../core/index.js'
import { nameOf } from '../content/name.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { minutesOf, openingOf } from '../time.js'
import { reasonOf } from './reason.js'

/** Status as one line; the tone gives it a colour. */
export type Status = { tone: 'idle' | 'good' | 'waiting' | 'bad' | 'over'; text: string }

/** Returns the participant who answers now: the last bot or agent to join. */
export function partnerOf({ handledBy, participants }: ConversationState) {
  const roles = handledBy === 'bot' ? ['Chatbot'] : ['Agent', 'Supervisor']
  return participants.findLast(({ role }) => roles.includes(role))
}

/** Returns the place in the queue and the estimated wait, as far as they are known. */
function queueText(seconds: number | null, place: number | null, texts: Texts, language: string) {
  const { waiting, waitingFor, waitingAt, waitingAtFor } = texts
  const wait = seconds ? minutesOf(seconds, language) : ''
  const [text, textWithWait] = place ? [waitingAt, waitingAtFor] : [waiting, waitingFor]
  return formatText(wait ? textWithWait : text, { wait, place: place ?? '' })
}

function onlineStatus(
  conversation: ConversationState,
  place: number | null,
  texts: Texts,
  language: string,
): Status {
  const { handledBy, estimatedWaitSeconds } = conversation
  // The place in a queue may be heard before the messages tell of the queue.
  if (handledBy === 'queue' || (place && handledBy !== 'agent'))
    return { tone: 'waiting', text: queueText(estimatedWaitSeconds, place, texts, language) }
  if (handledBy === 'none') return { tone: 'idle', text: texts.nobody }
  const partner = partnerOf(conversation)
  const text = partner
    ? formatText(texts.connectedTo, { name: nameOf(partner, texts) })
    : texts.connected
  return { tone: 'good', text }
}

/** Returns the line under the title. */
export function statusOf(snapshot: Snapshot, texts: Texts, language: string): Status {
  const { connection, conversation, activity, problem, prechat } = snapshot
  switch (connection) {
    case 'idle':
      return { tone: 'idle', text: prechat ? texts.questions : texts.ready }
    case 'connecting':
      return { tone: 'waiting', text: texts.connecting }
    case 'retrying':
      return {
        tone: 'bad',
        text: problem?.code === 'rate_limited' ? texts.busy : texts.troubled,
      }
    case 'offline':
      return { tone: 'bad', text: texts.offline }
    case 'online':
      if (prechat) return { tone: 'idle', text: texts.questions }
      return conversation
        ? onlineStatus(conversation, activity?.queuePosition ?? null, texts, language)
        : { tone: 'good', text: texts.connected }
    case 'refused': {
      const isClosed = problem?.code === 'outside_business_hours'
      return { tone: 'over', text: isClosed ? texts.closed : texts.refused }
    }
    default:
      return { tone: 'over', text: texts[connection] }
  }
}

/** Describes what became of a chat that cannot go on by itself. */
export type Outcome = {
  /** Stands above the text, where that is not enough on its own. */
  title?: string
  text: string
  action: string
  /** Tells that the chat cannot serve the visitor, who needs the page's fallback. */
  needsFallback: boolean
}

/** Returns the opening time in words; empty where it is not known, or past. */
function openingText(opensAt: string | undefined, texts: Texts, language: string): string {
  if (!opensAt || !(Date.parse(opensAt) > Date.now())) return ''
  return formatText(texts.opensAgain, { time: openingOf(opensAt, language) })
}

/** Returns the outcome of a chat, with the possible action. Null while it goes on. */
export function outcomeOf(snapshot: Snapshot, texts: Texts, language: string): Outcome | null {
  const { connection, conversation, problem } = snapshot
  const { startAnew, tryAgain, endedBy, problems } = texts
  if (connection === 'ended') {
    const text = endedBy[conversation?.endedBy ?? 'System']
    return { text, action: startAnew, needsFallback: false }
  }
  if (connection === 'lost')
    return { text: problems.conversation_lost, action: startAnew, needsFallback: false }
  if (connection !== 'refused') return null
  if (problem?.code === 'outside_business_hours') {
    const text = openingText(problem.opensAt, texts, language)
    return { title: texts.closed, text, action: tryAgain, needsFallback: true }
  }
  const text = problem ? reasonOf(problem, texts) : problems.other
  return { text, action: tryAgain, needsFallback: true }
}

/** Returns what to say as long as the gateway has not answered at all; null once it has. */
export function troubleOf(snapshot: Snapshot, texts: Texts): Outcome | null {
  const { connection, conversation, problem } = snapshot
  if (conversation || (connection !== 'retrying' && connection !== 'offline')) return null
  const isTold = problem && problem.code !== 'unreachable'
  const trouble = isTold ? reasonOf(problem, texts) : texts.problems.unavailable
  const text = connection === 'offline' ? texts.offline : trouble
  return { text, action: texts.tryAgain, needsFallback: true }
}

/** Tells whether an agent writes, or joins. */
const bringsAgent = (message: ChatMessage) =>
  message.sender.role === 'Agent' ||
  (message.messageType === 'ParticipantChanged' &&
    message.participants.some(({ operation, role }) => operation === 'add' && role === 'Agent'))

/** Returns the id of a routing that failed, if no other and no agent has followed. */
export function failedRoutingId(messages: readonly ChatMessage[]): string | undefined {
  const last = messages.findLast(
    (message) => message.messageType === 'RoutingResult' || bringsAgent(message),
  )
  return last?.messageType === 'RoutingResult' && last.routing.failure ? last.id : undefined
}

export type View = 'welcome' | 'prechat' | 'chat'

/** Connections from which a new visitor is greeted. */
const startable: readonly Connection[] = ['idle', 'refused', 'lost']

/** Returns the view that the panel shows. A form that was put off blocks nothing. */
export function viewOf(snapshot: Snapshot, putOff: Snapshot['prechat']): View {
  const { connection, conversationId, messages, prechat } = snapshot
  if (prechat && prechat !== putOff) return 'prechat'
  const isNew = !conversationId && messages.length === 0
  return isNew && startable.includes(connection) ? 'welcome' : 'chat'
}
