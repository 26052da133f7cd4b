import { replyToMessage } from '../bot/reply.js'
import { messageEntry } from '../entries.js'
import { addEntry, visibleEntries } from '../entry-log.js'
import { applyListSwitches } from '../operations/list-switches.js'
import {
  authorised,
  type Call,
  conversationInPath,
  type Operation,
  requireOpen,
} from '../operations/operation.js'
import { deliver, limitMessages } from '../operations/sending.js'
import type { SandboxState } from '../sandbox-state.js'
import { messageIdOf, timestampOf, toGuideMessage } from './guide-message.js'
import { parseJsonBody } from './json-body.js'
import { guideBodies, listQuery, parseStrictly } from './requests.js'
import { toVisitorMessage } from './selections.js'

const path = '/iamessage/api/v2/conversation/{conversationId}'

/** Is the least number of messages that a list repeats, when lists repeat entries. */
const minRepeats = 3

/** Sends messages and lists them. */
export const messageOperations: Operation[] = [
  {
    operationId: 'postMessage',
    method: 'POST',
    path: `${path}/message`,
    handler: authorised(postMessage),
  },
  {
    operationId: 'listMessages',
    method: 'GET',
    path: `${path}/messages`,
    handler: authorised(listMessages),
  },
]

/** Stores a message. The request has no id of the caller's, so a repeat is stored again. */
function postMessage(call: Call): Response {
  const { sandbox } = call
  const conversation = requireOpen(conversationInPath(call))
  const { message: sent } = parseJsonBody(call, guideBodies.postMessage)
  const message = toVisitorMessage(sandbox, conversation, sent)
  limitMessages(sandbox, conversation)
  const { entry } = deliver(sandbox, conversation, {
    sessionOptions: { isNewMessagingSession: false },
    store: () => addEntry(sandbox, conversation, messageEntry(conversation.visitor, message)),
    reply: () => replyToMessage(sandbox, conversation, message),
  })
  return Response.json({ id: messageIdOf(entry), timestamp: timestampOf(entry) })
}

/**
 * Lists all messages, the oldest first. With `after`, lists the messages that now stand behind that
 * id, so a message that appears late and before it is missing; and, when the switches ask for it,
 * the last messages of the earlier list again.
 */
function listMessages(call: Call): Response {
  const { sandbox, query } = call
  const { after } = parseStrictly(sandbox, listQuery, query)
  const conversation = conversationInPath(call)
  const { id } = conversation
  const entries = visibleEntries(conversation).filter((entry) => toGuideMessage(id, entry))
  const firstNewIndex = entries.findIndex((entry) => messageIdOf(entry) === after) + 1
  const selected = entries.slice(Math.max(0, firstNewIndex - repeatCount(sandbox)))
  return Response.json({
    messages: applyListSwitches(sandbox, selected).map((entry) => toGuideMessage(id, entry)),
  })
}

function repeatCount({ switches }: SandboxState): number {
  const { afterRepeats, listRepeatsEntries } = switches
  return listRepeatsEntries ? Math.max(afterRepeats, minRepeats) : afterRepeats
}
