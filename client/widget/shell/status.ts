import type { Connection, ConversationState, Snapshot } from '../../core/index.js'
import { nameOf } from '../content/name.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { minutesOf } from '../time.js'
import { reasonOf } from './reason.js'

/** Status as one line; the tone gives it a colour. */
export type Status = { tone: 'idle' | 'good' | 'waiting' | 'trouble' | 'over'; text: string }

/** Returns the participant who answers now: the last bot or agent to join. */
export function partnerOf({ handledBy, participants }: ConversationState) {
  const roles = handledBy === 'bot' ? ['Chatbot'] : ['Agent', 'Supervisor']
  return participants.findLast(({ role }) => roles.includes(role))
}

function onlineStatus(conversation: ConversationState, texts: Texts, language: string): Status {
  const { handledBy, estimatedWaitSeconds } = conversation
  if (handledBy === 'queue') {
    if (!estimatedWaitSeconds) return { tone: 'waiting', text: texts.waiting }
    const wait = minutesOf(estimatedWaitSeconds, language)
    return { tone: 'waiting', text: formatText(texts.waitingFor, { wait }) }
  }
  if (handledBy === 'none') return { tone: 'idle', text: texts.nobody }
  const partner = partnerOf(conversation)
  const text = partner
    ? formatText(texts.connectedTo, { name: nameOf(partner, texts) })
    : texts.connected
  return { tone: 'good', text }
}

/** The line under the title. */
export function statusOf(snapshot: Snapshot, texts: Texts, language: string): Status {
  const { connection, conversation, problem, prechat } = snapshot
  switch (connection) {
    case 'idle':
      return { tone: 'idle', text: prechat ? texts.questions : texts.ready }
    case 'connecting':
      return { tone: 'waiting', text: texts.connecting }
    case 'retrying':
      return {
        tone: 'trouble',
        text: problem?.code === 'rate_limited' ? texts.busy : texts.troubled,
      }
    case 'offline':
      return { tone: 'trouble', text: texts.offline }
    case 'online':
      if (prechat) return { tone: 'idle', text: texts.questions }
      return conversation
        ? onlineStatus(conversation, texts, language)
        : { tone: 'good', text: texts.connected }
    case 'refused':
      return { tone: 'over', text: texts.refused }
    default:
      return { tone: 'over', text: texts[connection] }
  }
}

/**
 * Returns the outcome of a chat that cannot go on by itself, with the possible action. Null while
 * it goes on.
 */
export function outcomeOf(snapshot: Snapshot, texts: Texts) {
  const { connection, conversation, problem } = snapshot
  const { startAnew, tryAgain, endedBy, problems } = texts
  if (connection === 'ended')
    return { text: endedBy[conversation?.endedBy ?? 'System'], action: startAnew }
  if (connection === 'lost') return { text: problems.conversation_lost, action: startAnew }
  if (connection !== 'refused') return null
  return { text: problem ? reasonOf(problem, texts) : problems.other, action: tryAgain }
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
