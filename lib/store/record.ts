/**
 * Defines a visitor's record: one hash per visitor. One read answers both "does this conversation
 * belong to the caller?" and "what is known of it?", so ownership cannot be forgotten. Fields:
 *
 * - `c:<conversationId>`: one conversation, as JSON;
 * - `t:<conversationId>`: a Salesforce token for this conversation alone, sealed: a guest's own, or
 *   that of the person who began it;
 * - `token`: the visitor's Salesforce token, sealed; a guest's only until a conversation takes it;
 * - `offer`: the deployment's last offer (pre-chat form, attachments), as JSON;
 * - `attributes`: the visitor's identity attributes, for routing;
 * - `gone`, `out` and `x:<family>`: tombstones, for access tokens that outlive their visitor or
 *   device.
 */
import * as z from 'zod'
import { attachments, prechat } from '../contract/replies.js'

export const sealedToken = z.object({
  sealed: z.string(),
  expiresAt: z.number(),
  deployment: z.string(),
})
/** A sealed Salesforce token, when it ends (epoch milliseconds), and the deployment it is good for. */
export type SealedToken = z.infer<typeof sealedToken>

export const offer = z.object({ prechat: prechat.nullable(), attachments: attachments.nullable() })
/** The deployment's offer to visitors. */
export type Offer = z.infer<typeof offer>

export const storedConversation = z.object({
  id: z.string(),
  /** `starting`: it may or may not exist in Salesforce yet. `lost`: Salesforce no longer lets the visitor in. */
  status: z.enum(['starting', 'open', 'ended', 'lost']),
  /** Epoch milliseconds, as the other times. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** When a guest's token ends, and the conversation with it; null for people whom Salesforce knows. */
  expiresAt: z.number().nullable(),
  /**
   * The person who began it, as Salesforce knows them: the visitor, or the guest they were before
   * they signed in.
   */
  subject: z.string(),
  /** Its name in Salesforce, where that is not ours to choose. */
  salesforceId: z.string().optional(),
  routingAttributes: z.record(z.string(), z.string()),
  language: z.string().nullable(),
  /** The visitor ended the messaging session here; the next message opens a new one. */
  isSessionOver: z.boolean(),
  /** Organisation and deployment it was started in. */
  deployment: z.string(),
})
export type StoredConversation = z.infer<typeof storedConversation>

/** A conversation's name in Salesforce. */
export function salesforceIdOf({ id, salesforceId = id }: StoredConversation): string {
  return salesforceId
}

/**
 * The calling device: the visitor's id, the refresh family and when it signed in (epoch
 * milliseconds).
 */
export type Device = { id: string; family: string; since: number }

/**
 * Result of one HMGET: if the caller's access is revoked, the conversation if the caller owns it,
 * and its token.
 */
export type ConversationLookup = {
  isRevoked: boolean
  conversation: StoredConversation | null
  token: SealedToken | null
}

export type VisitorRecord = {
  isRevoked: boolean
  conversations: readonly StoredConversation[]
  /** The visitor's own token. */
  token: SealedToken | null
  /** The token of one of the conversations. */
  tokenOf(conversation: StoredConversation): SealedToken | null
  offer: Offer | null
  attributes: Readonly<Record<string, string>>
}

/** Redis' own replies: the client is configured not to interpret them. */
export const redisStrings = z.array(z.string().nullable())

export function fieldsOf(flat: readonly (string | null)[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields.set(flat[index] ?? '', flat[index + 1] ?? '')
  }
  return fields
}

export function parse<T>(schema: z.ZodType<T>, json: string | null | undefined): T | null {
  return json ? schema.parse(JSON.parse(json)) : null
}

/**
 * Parses a stored value. One that cannot be read, perhaps of an earlier release, counts as absent,
 * so that it locks nobody out.
 */
export function parseOrNull<T>(schema: z.ZodType<T>, json: string | null | undefined): T | null {
  try {
    return parse(schema, json)
  } catch {
    return null
  }
}

export const attributesSchema = z.record(z.string(), z.string())

/**
 * Tells that access is revoked: signed out on this device or everywhere since it signed in, or
 * merged into another visitor.
 */
export function isAccessRevoked(
  gone: unknown,
  revoked: unknown,
  out: string | null | undefined,
  device: Device,
) {
  return Boolean(gone || revoked) || Number(out ?? 0) >= device.since
}

/** Tells that a conversation is reached with a token of its own, not with the visitor's. */
export function hasOwnToken(
  visitorId: string,
  { expiresAt, subject }: StoredConversation,
): boolean {
  return expiresAt !== null || subject !== visitorId
}

export function tokenField(visitorId: string, conversation: StoredConversation): string {
  return hasOwnToken(visitorId, conversation) ? `t:${conversation.id}` : 'token'
}

/** Serialises a conversation: always the same text for the same conversation. */
export function serialise(conversation: StoredConversation): string {
  return JSON.stringify(storedConversation.parse(conversation))
}
