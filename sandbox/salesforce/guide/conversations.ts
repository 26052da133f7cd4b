import { randomBytes } from 'node:crypto'
import { createConversation, limitConversations } from '../operations/create-conversation.js'
import {
  authorised,
  type Call,
  checkDeployment,
  conversationInPath,
  type Operation,
} from '../operations/operation.js'
import { closeConversation, stepNow } from '../script.js'
import type { Caller } from '../tokens.js'
import { parseJsonBody } from './json-body.js'
import { guideBodies, parseStrictly } from './requests.js'

/** Starts and ends conversations; the server chooses the id, and any token reaches all of them. */
export const conversationOperations: Operation[] = [
  {
    operationId: 'startConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation',
    handler: authorised(start),
  },
  {
    operationId: 'endConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/end',
    handler: authorised(end),
  },
]

function start(call: Call, caller: Caller): Response {
  const { sandbox } = call
  const { esDeveloperName, ...options } = parseJsonBody(call, guideBodies.startConversation)
  checkDeployment(sandbox, esDeveloperName)
  limitConversations(sandbox, caller)
  const conversationId = `conv_${randomBytes(12).toString('hex')}`
  createConversation(sandbox, { ...options, id: conversationId }, caller)
  return Response.json({ conversationId })
}

/** Ends a conversation; a second call changes nothing. */
function end(call: Call): Response {
  parseStrictly(call.sandbox, guideBodies.endConversation, call.body)
  const conversation = conversationInPath(call)
  if (conversation.endTimestamp === 0) closeConversation(stepNow(call.sandbox, conversation))
  return new Response(null, { status: 204 })
}
