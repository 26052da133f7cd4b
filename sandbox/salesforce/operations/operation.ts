import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import type { GuideOperationId } from '../guide/operation-ids.js'
import { badRequest, HttpError, notFound, permissionDenied } from '../http-error.js'
import type { Route } from '../routes.js'
import type { SandboxState } from '../sandbox-state.js'
import { type Caller, readToken } from '../tokens.js'
import type { OperationId } from './operation-ids.js'

/** A request on its way through an operation; `request` is unread, `body` is its JSON (or text). */
export type Call = {
  sandbox: SandboxState
  request: Request
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

/** One row of the table of operations. */
export type Operation = Route & {
  operationId: OperationId | GuideOperationId
  handler: (call: Call) => Promise<Response> | Response
}

/** An act that only a caller with a good token reaches. */
export function authorised(handle: (call: Call, caller: Caller) => Promise<Response> | Response) {
  return async (call: Call): Promise<Response> =>
    handle(call, await readToken(call.sandbox, call.request.headers.get('authorization')))
}

/** Reads a body or query by its schema; 400 with the first complaint otherwise. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const issue = error.issues[0]
  const path = issue?.path.join('.')
  throw badRequest(path ? `${path}: ${issue?.message}` : (issue?.message ?? 'Bad request'))
}

/** Returns the conversation in the path, of any visitor; answers 404 when there is none. */
export function conversationInPath({ sandbox, params }: Call): Conversation {
  const conversation = sandbox.conversations.get(params.conversationId ?? '')
  if (!conversation) throw notFound('Conversation')
  return conversation
}

/** The same, but 403 when it is another subject's. */
export function callersConversation(call: Call, caller: Caller): Conversation {
  const conversation = conversationInPath(call)
  if (conversation.visitor.participant.subject !== caller.subject) throw permissionDenied()
  return conversation
}

/** The same for a conversation that must still be open. */
export function callersOpenConversation(call: Call, caller: Caller): Conversation {
  return requireOpen(callersConversation(call, caller))
}

/** The conversation itself; closed is 403 (§7a). */
export function requireOpen(conversation: Conversation): Conversation {
  if (conversation.endTimestamp > 0) throw new HttpError(403, 'The conversation is closed')
  return conversation
}

/** 400 unless the deployment is the one that this Salesforce has. */
export function checkDeployment(sandbox: SandboxState, esDeveloperName: string): void {
  if (esDeveloperName === sandbox.deployment.esDeveloperName) return
  throw badRequest('Set esDeveloperName to a published deployment whose type is api')
}

/** The one query parameter of a DELETE or a transcript. */
export const deploymentQuery = z.object({ esDeveloperName: z.string() })
