import * as z from 'zod'
import type { Conversation } from '../conversation.js'
import { badRequest, notFound } from '../http-error.js'
import type { Route } from '../routes.js'
import type { SandboxState } from '../sandbox-state.js'

/** Describes one control under `/__sandbox`; its result is answered as JSON, undefined as 204. */
export type Control = Route & {
  handle: (sandbox: SandboxState, body: unknown, conversationId: string) => unknown
}

/**
 * Parses a body by its schema.
 * @throws {HttpError} 400 with every mistake
 */
export function parseBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const { data, error } = schema.safeParse(body)
  if (error) throw badRequest(z.prettifyError(error))
  return data
}

/**
 * Returns the conversation in the path.
 * @throws {HttpError} 404 when it does not exist
 */
export function findConversation(sandbox: SandboxState, conversationId: string): Conversation {
  const conversation = sandbox.conversations.get(conversationId)
  if (!conversation) throw notFound('Conversation')
  return conversation
}
