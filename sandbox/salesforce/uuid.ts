import * as z from 'zod'

/** Returns a lower-case UUID v4 schema with the service's error (`enhanced-chat-api.md` §2). */
export function uuidSchema(field: string) {
  return z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, {
    error: `Specify the ${field} in UUID format. The UUID must be in lowercase.`,
  })
}

/** Parses the id of a conversation, which the client chooses (§1.2). */
export const conversationIdSchema = uuidSchema('conversationId')

/** Parses the id of another participant's message, which is opaque. */
export const opaqueIdSchema = z.string().regex(/^[\x20-\x7e]{1,128}$/, {
  error: 'Specify the id of a message',
})
