import type { ChatMessage, Message } from '../../core/index.js'
import type { Texts } from '../texts/en.js'
import { formatText } from '../texts/format.js'
import { minutesOf } from '../time.js'
import { nameOf } from './name.js'

type Of<Type extends Message['messageType']> = Extract<Message, { messageType: Type }>

function participants({ participants: changes }: Of<'ParticipantChanged'>, texts: Texts): string {
  const verbs = { add: texts.joined, remove: texts.left, update: texts.changed }
  return changes
    .filter(({ role }) => role !== 'EndUser')
    .map(({ operation, ...who }) => formatText(verbs[operation], { name: nameOf(who, texts) }))
    .join(' · ')
}

function routingNotice(message: Of<'RoutingResult'>, texts: Texts, language: string): string {
  const { type, failure, estimatedWaitSeconds } = message.routing
  if (failure) return texts.nobodyFree
  if (estimatedWaitSeconds)
    return formatText(texts.estimatedWait, { wait: minutesOf(estimatedWaitSeconds, language) })
  return type === 'Transfer' ? texts.transferring : ''
}

function sessionNotice({ session, text }: Of<'SessionStatusChanged'>, texts: Texts): string {
  const { status, previous, endedBy } = session
  if (status === 'Ended') {
    if (!endedBy || endedBy === 'System') return texts.sessionEnded
    const name = nameOf({ role: endedBy, displayName: null }, texts)
    return endedBy === 'EndUser' ? texts.youEnded : formatText(texts.theyEnded, { name })
  }
  if (status === 'Inactive') return texts.sessionPaused
  if (status === 'Active') return previous === 'Inactive' ? texts.sessionGoesOn : ''
  return status === 'New' || status === 'Waiting' ? '' : text
}

/** Returns the outcome of a form; Salesforce's own words for its errors, where there are any. */
function outcome({ result, text }: Of<'FormResponseMessage'>, texts: Texts): string | undefined {
  if (!result) return undefined
  if (result.ok) return text || texts.formAccepted
  return `${result.errors?.join('\n') || texts.formRefused}\n${texts.correctForm}`
}

/**
 * Returns the line of an entry that is no message, such as "Dana joined the chat"; it may have
 * several lines. Empty when there is nothing to show, undefined when the entry is a message.
 */
export function noticeOf(message: ChatMessage, texts: Texts, language: string): string | undefined {
  switch (message.messageType) {
    case 'ParticipantChanged':
      return participants(message, texts)
    case 'RoutingResult':
      return routingNotice(message, texts, language)
    case 'SessionStatusChanged':
      return sessionNotice(message, texts)
    case 'FormResponseMessage':
      return outcome(message, texts)
    case 'StaticContentMessage':
    case 'UnknownMessage':
      return message.sender.role === 'System' ? message.text : undefined
    default:
      return undefined
  }
}

/** Returns the tone of a notice: good, bad, or undefined for neither. */
export function toneOf(message: ChatMessage): 'good' | 'bad' | undefined {
  if (message.messageType === 'RoutingResult') return message.routing.failure ? 'bad' : undefined
  if (message.messageType !== 'FormResponseMessage' || !message.result) return undefined
  return message.result.ok ? 'good' : 'bad'
}
