import * as z from 'zod'
import type { Conversation } from '../ledger.js'
import { badRequest, permissionDenied, Refusal } from '../refusal.js'
import { closeConversation, endSession, sceneNow } from '../scenes.js'
import { stateAt } from '../state.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import { admitConversation, begin } from './begin.js'
import { listConversations } from './conversation-list.js'
import {
  authorised,
  type Call,
  checkDeployment,
  deploymentQuery,
  type Operation,
  openConversation,
  ownConversation,
  read,
} from './operation.js'

const createRequest = z.strictObject({
  conversationId: conversationIdSchema,
  esDeveloperName: z.string(),
  routingAttributes: z.record(z.string(), z.string()).nullish(),
  language: z.string().optional(),
})

/** Conversations from birth to end (`enhanced-chat-api.md` §2.6–2.8, §2.14, §2.15). */
export const conversationOperations: Operation[] = [
  {
    operationId: 'createConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation',
    act: authorised(create),
  },
  {
    operationId: 'listConversations',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/list',
    act: authorised(listConversations),
  },
  {
    operationId: 'retrieveConversationRoutingStatus',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}',
    act: authorised((call, caller) => {
      const conversation = ownConversation(call, caller)
      const { routingStatus } = stateAt(conversation, Date.now())
      return Response.json({ conversationId: conversation.id, routingStatus })
    }),
  },
  {
    operationId: 'closeConversation',
    method: 'DELETE',
    path: '/iamessage/api/v2/conversation/{conversationId}',
    act: authorised((call, caller) => {
      closeConversation(sceneNow(call.world, ending(call, caller)))
      return new Response(null, { status: 204 })
    }),
  },
  {
    operationId: 'endMessagingSession',
    method: 'DELETE',
    path: '/iamessage/api/v2/conversation/{conversationId}/session',
    act: authorised((call, caller) => {
      const conversation = ending(call, caller)
      if (!stateAt(conversation, Date.now()).hasSession) throw new Refusal(403, 'No session')
      endSession(sceneNow(call.world, conversation), 'EndUser')
      return new Response(null, { status: 204 })
    }),
  },
]

/** A repeat by the same subject makes no second conversation (§7a). */
function create({ world, body }: Call, caller: Caller): Response {
  const request = read(world.switches.strict ? createRequest : createRequest.loose(), body)
  checkDeployment(world, request.esDeveloperName)
  admitConversation(world, caller)
  const known = world.conversations.get(request.conversationId)
  if (known && known.visitor.participant.subject !== caller.subject) throw permissionDenied()
  if (known && known.endTimestamp > 0) throw badRequest('The conversation is closed')
  if (!known) begin(world, { ...request, id: request.conversationId }, caller)
  return new Response(null, { status: 201 })
}

function ending(call: Call, caller: Caller): Conversation {
  read(conversationIdSchema, call.params.conversationId)
  checkDeployment(call.world, read(deploymentQuery, call.query).esDeveloperName)
  return openConversation(call, caller)
}
