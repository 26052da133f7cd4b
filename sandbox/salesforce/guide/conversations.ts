import { randomBytes } from 'node:crypto'
import { admitConversation, begin } from '../operations/begin.js'
import {
  authorised,
  type Call,
  checkDeployment,
  namedConversation,
  type Operation,
} from '../operations/operation.js'
import { closeConversation, sceneNow } from '../scenes.js'
import type { Caller } from '../tokens.js'
import { jsonBody } from './call.js'
import { guideBodies, readStrictly } from './requests.js'

/** Conversations from birth to end; the server chooses the id, and any token reaches all of them. */
export const conversationOperations: Operation[] = [
  {
    operationId: 'startConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation',
    act: authorised(start),
  },
  {
    operationId: 'endConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation/{conversationId}/end',
    act: authorised(end),
  },
]

function start(call: Call, caller: Caller): Response {
  const { world } = call
  const { esDeveloperName, ...asked } = jsonBody(call, guideBodies.startConversation)
  checkDeployment(world, esDeveloperName)
  admitConversation(world, caller)
  const conversationId = `conv_${randomBytes(12).toString('hex')}`
  begin(world, { ...asked, id: conversationId }, caller)
  return Response.json({ conversationId })
}

/** Ending twice is ending once. */
function end(call: Call): Response {
  readStrictly(call.world, guideBodies.endConversation, call.body)
  const conversation = namedConversation(call)
  if (conversation.endTimestamp === 0) closeConversation(sceneNow(call.world, conversation))
  return new Response(null, { status: 204 })
}
