import { replyToMessage } from '../bot/reply.js'
import { messageEntry } from '../entries.js'
import { addEntry } from '../entry-log.js'
import {
  authorised,
  type Call,
  conversationInPath,
  type Operation,
  requireOpen,
} from '../operations/operation.js'
import { deliver, limitMessages } from '../operations/sending.js'
import { messageIdOf, timestampOf } from './guide-message.js'
import { parseJsonBody } from './json-body.js'
import { list } from './list.js'
import { guideBodies } from './requests.js'
import { toVisitorMessage } from './selections.js'

const path = '/iamessage/api/v2/conversation/{conversationId}'

/** Operations that send messages and list them. */
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
    handler: authorised(list),
  },
]

/** Without an id of the caller's, what is sent twice is said twice. */
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
