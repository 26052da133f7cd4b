import * as z from 'zod'
import type { GuideOperationId } from '../guide/names.js'
import type { Conversation } from '../ledger.js'
import { badRequest, notFound, permissionDenied, Refusal } from '../refusal.js'
import type { Route } from '../routes.js'
import { type Caller, readToken } from '../tokens.js'
import type { World } from '../world.js'
import type { OperationId } from './names.js'

/** A request on its way through an operation; `request` is unread, `body` is its JSON (or text). */
export type Call = {
  world: World
  request: Request
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

/** One row of the table of operations. */
export type Operation = Route & {
  operationId: OperationId | GuideOperationId
  act: (call: Call) => Promise<Response> | Response
}

/** An act that only a caller with a good token reaches. */
export function authorised(act: (call: Call, caller: Caller) => Promise<Response> | Response) {
  return async (call: Call): Promise<Response> =>
    act(call, await readToken(call.world, call.request.headers.get('authorization')))
}

/** Reads a body or query by its schema; 400 with the first complaint otherwise. */
export function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const issue = error.issues[0]
  const path = issue?.path.join('.')
  throw badRequest(path ? `${path}: ${issue?.message}` : (issue?.message ?? 'Bad request'))
}

/** The conversation of the path, whoever's it is; 404 when there is none. */
export function namedConversation({ world, params }: Call): Conversation {
  const conversation = world.conversations.get(params.conversationId ?? '')
  if (!conversation) throw notFound('Conversation')
  return conversation
}

/** The same, but 403 when it is another subject's. */
export function ownConversation(call: Call, caller: Caller): Conversation {
  const conversation = namedConversation(call)
  if (conversation.visitor.participant.subject !== caller.subject) throw permissionDenied()
  return conversation
}

/** The same for a conversation that must still be open. */
export function openConversation(call: Call, caller: Caller): Conversation {
  return stillOpen(ownConversation(call, caller))
}

/** The conversation itself; closed is 403 (§7a). */
export function stillOpen(conversation: Conversation): Conversation {
  if (conversation.endTimestamp > 0) throw new Refusal(403, 'The conversation is closed')
  return conversation
}

/** 400 unless the deployment is the one that this Salesforce has. */
export function checkDeployment(world: World, esDeveloperName: string): void {
  if (esDeveloperName === world.deployment.esDeveloperName) return
  throw badRequest('Set esDeveloperName to a published deployment whose type is api')
}

/** The one query parameter of a DELETE or a transcript. */
export const deploymentQuery = z.object({ esDeveloperName: z.string() })
