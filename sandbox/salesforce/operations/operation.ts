import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import type { GuideOperationId } from '../guide/operation-ids.js'
import { badRequest, HttpError, notFound, permissionDenied } from '../http-error.js'
import type { Route } from '../routes.js'
import type { SandboxState } from '../sandbox-state.js'
import { type Caller, readToken } from '../tokens.js'
import type { OperationId } from './operation-ids.js'

/**
 * Holds a request on its way through an operation; `request` is unread, `body` is its JSON (or
 * text).
 */
export type Call = {
  sandbox: SandboxState
  request: Request
  params: Record<string, string>
  query: Record<string, string>
  body: unknown
}

/** Describes one row of the table of operations. */
export type Operation = Route & {
  operationId: OperationId | GuideOperationId
  handler: (call: Call) => Promise<Response> | Response
}

/** Wraps a handler that needs a caller with a valid token. */
export function authorised(handle: (call: Call, caller: Caller) => Promise<Response> | Response) {
  return async (call: Call): Promise<Response> =>
    handle(call, await readToken(call.sandbox, call.request.headers.get('authorization')))
}

/**
 * Parses a body or query by its schema.
 * @throws {HttpError} 400 with the first mistake
 */
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

/**
 * Returns the conversation in the path, of any visitor.
 * @throws {HttpError} 404 when it does not exist
 */
export function conversationInPath({ sandbox, params }: Call): Conversation {
  const conversation = sandbox.conversations.get(params.conversationId ?? '')
  if (!conversation) throw notFound('Conversation')
  return conversation
}

/**
 * Returns the caller's conversation in the path.
 * @throws {HttpError} 404 when it does not exist, 403 when it is another subject's
 */
export function callersConversation(call: Call, caller: Caller): Conversation {
  const conversation = conversationInPath(call)
  if (conversation.visitor.participant.subject !== caller.subject) throw permissionDenied()
  return conversation
}

/**
 * Returns the caller's conversation in the path, which must be open.
 * @throws {HttpError} 404, or 403 when it is another subject's or closed
 */
export function callersOpenConversation(call: Call, caller: Caller): Conversation {
  return requireOpen(callersConversation(call, caller))
}

/**
 * Returns the conversation itself when it is open.
 * @throws {HttpError} 403 when it is closed (§7a)
 */
export function requireOpen(conversation: Conversation): Conversation {
  if (conversation.endTimestamp > 0) throw new HttpError(403, 'The conversation is closed')
  return conversation
}

/**
 * Checks that a deployment is the one of this Salesforce.
 * @throws {HttpError} 400
 */
export function checkDeployment(sandbox: SandboxState, esDeveloperName: string): void {
  if (esDeveloperName === sandbox.deployment.esDeveloperName) return
  throw badRequest('Set esDeveloperName to a published deployment whose type is api')
}

/** Parses the one query parameter of a DELETE or a transcript. */
export const deploymentQuery = z.object({ esDeveloperName: z.string() })
