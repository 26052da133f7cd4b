import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { stateAt } from '../conversation-state.js'
import { badRequest, HttpError, permissionDenied } from '../http-error.js'
import type { SandboxState } from '../sandbox-state.js'
import { closeConversation, endSession, stepNow } from '../script.js'
import type { Caller } from '../tokens.js'
import { conversationIdSchema } from '../uuid.js'
import {
  createConversation,
  limitConversations,
  limitOpenConversations,
} from './create-conversation.js'
import {
  authorised,
  type Call,
  callersConversation,
  callersOpenConversation,
  checkDeployment,
  deploymentQuery,
  type Operation,
  parseRequest,
} from './operation.js'
import { pageLimit, windowFilter, windowSchema } from './window.js'

const createRequest = z.strictObject({
  conversationId: conversationIdSchema,
  esDeveloperName: z.string(),
  routingAttributes: z.record(z.string(), z.string()).nullish(),
  language: z.string().optional(),
})

const listQuery = windowSchema.extend({
  inclClosedConvs: z.enum(['true', 'false']).default('false'),
  conversationId: conversationIdSchema.optional(),
})

/** Creates, lists and ends conversations (`enhanced-chat-api.md` §2.6–2.8, §2.14, §2.15). */
export const conversationOperations: Operation[] = [
  {
    operationId: 'createConversation',
    method: 'POST',
    path: '/iamessage/api/v2/conversation',
    handler: authorised(create),
  },
  {
    operationId: 'listConversations',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/list',
    handler: authorised(listConversations),
  },
  {
    operationId: 'retrieveConversationRoutingStatus',
    method: 'GET',
    path: '/iamessage/api/v2/conversation/{conversationId}',
    handler: authorised((call, caller) => {
      const conversation = callersConversation(call, caller)
      const { routingStatus } = stateAt(conversation, Date.now())
      return Response.json({ conversationId: conversation.id, routingStatus })
    }),
  },
  {
    operationId: 'closeConversation',
    method: 'DELETE',
    path: '/iamessage/api/v2/conversation/{conversationId}',
    handler: authorised(close),
  },
  {
    operationId: 'endMessagingSession',
    method: 'DELETE',
    path: '/iamessage/api/v2/conversation/{conversationId}/session',
    handler: authorised((call, caller) => {
      const conversation = conversationToEnd(call, caller)
      if (!stateAt(conversation, Date.now()).hasSession) throw new HttpError(403, 'No session')
      endSession(stepNow(call.sandbox, conversation), 'EndUser')
      return new Response(null, { status: 204 })
    }),
  },
]

/**
 * Creates a conversation; a repeat by the same subject creates no second one (§7a).
 * @throws {HttpError} 412 outside the hours of the channel, 409 for a known id where switched so
 */
function create({ sandbox, body }: Call, caller: Caller): Response {
  const request = parseRequest(
    sandbox.switches.strict ? createRequest : createRequest.loose(),
    body,
  )
  checkDeployment(sandbox, request.esDeveloperName)
  limitConversations(sandbox, caller)
  const existing = sandbox.conversations.get(request.conversationId)
  if (existing && sandbox.switches.repeatedCreate === 'conflict') {
    throw new HttpError(409, 'A conversation with this id exists')
  }
  if (existing && existing.visitor.participant.subject !== caller.subject) throw permissionDenied()
  if (existing && existing.endTimestamp > 0) throw badRequest('The conversation is closed')
  if (!existing) {
    checkBusinessHours(sandbox)
    limitOpenConversations(sandbox)
    createConversation(sandbox, { ...request, id: request.conversationId }, caller)
  }
  return new Response(null, { status: sandbox.switches.createStatus })
}

function checkBusinessHours({ switches: { businessHours } }: SandboxState): void {
  const now = Date.now()
  const isOpen = businessHours?.some(({ startTime, endTime }) => startTime <= now && now < endTime)
  if (isOpen === false) throw new HttpError(412, 'The channel is outside its business hours')
}

/** Lists the caller's conversations and no others, the oldest first (§2.7). */
function listConversations({ sandbox, query }: Call, caller: Caller): Response {
  const { inclClosedConvs, conversationId, ...rest } = parseRequest(listQuery, query)
  const isInWindow = windowFilter(sandbox, rest)
  const found = [...sandbox.conversations.values()]
    .filter(({ visitor }) => visitor.participant.subject === caller.subject)
    .filter(({ id }) => conversationId === undefined || id === conversationId)
    .filter(({ startTimestamp }) => isInWindow(startTimestamp))
    .filter(({ endTimestamp }) => inclClosedConvs === 'true' || endTimestamp === 0)
    .sort((a, b) => a.startTimestamp - b.startTimestamp)
    .slice(0, pageLimit(rest))
  const open = found.filter(({ endTimestamp }) => endTimestamp === 0)
  return Response.json({
    openConversationsFound: open.length,
    closedConversationsFound: found.length - open.length,
    conversations: found.map(({ id, startTimestamp, endTimestamp }) => ({
      conversationId: id,
      startTimestamp,
      endTimestamp,
    })),
  })
}

/**
 * Closes a conversation for good (§2.14).
 * @throws {HttpError} 400 for a request with a JSON body, with which closing fails (measured 2026);
 *   the status is inferred
 */
function close(call: Call, caller: Caller): Response {
  const { sandbox, body } = call
  if (body !== undefined) throw badRequest('Closing a conversation takes no body')
  closeConversation(stepNow(sandbox, conversationToEnd(call, caller)))
  return new Response(null, { status: sandbox.switches.closeStatus })
}

function conversationToEnd(call: Call, caller: Caller): Conversation {
  parseRequest(conversationIdSchema, call.params.conversationId)
  checkDeployment(call.sandbox, parseRequest(deploymentQuery, call.query).esDeveloperName)
  return callersOpenConversation(call, caller)
}
