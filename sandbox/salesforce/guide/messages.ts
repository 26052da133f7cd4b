import { answer } from '../bot/answer.js'
import { messageEntry } from '../entries.js'
import { record } from '../ledger.js'
import {
  authorised,
  type Call,
  namedConversation,
  type Operation,
  stillOpen,
} from '../operations/operation.js'
import { admitMessage, speak } from '../operations/speaking.js'
import { jsonBody } from './call.js'
import { list } from './list.js'
import { messageIdOf, timestampOf } from './present.js'
import { guideBodies } from './requests.js'
import { visitorMessageOf } from './selections.js'

const path = '/iamessage/api/v2/conversation/{conversationId}'

/** What is said, and what was said. */
export const messageOperations: Operation[] = [
  { operationId: 'postMessage', method: 'POST', path: `${path}/message`, act: authorised(post) },
  { operationId: 'listMessages', method: 'GET', path: `${path}/messages`, act: authorised(list) },
]

/** Without an id of the caller's, what is sent twice is said twice. */
function post(call: Call): Response {
  const { world } = call
  const conversation = stillOpen(namedConversation(call))
  const { message: sent } = jsonBody(call, guideBodies.postMessage)
  const message = visitorMessageOf(world, conversation, sent)
  admitMessage(world, conversation)
  const { entry } = speak(world, conversation, {
    opening: { isNewMessagingSession: false },
    store: () => record(world, conversation, messageEntry(conversation.visitor, message)),
    reply: () => answer(world, conversation, message),
  })
  return Response.json({ id: messageIdOf(entry), timestamp: timestampOf(entry) })
}
