/**
 * Defines a visitor's record: one hash per visitor. One read answers both "does this conversation
 * belong to the caller?" and "what is known of it?", so ownership cannot be forgotten. Fields:
 *
 * - `c:<conversationId>`: one conversation, as JSON;
 * - `r:<conversationId>`: its routing values, as JSON: they are large, and read only when a session
 *   opens, or when the conversation passes to another visitor;
 * - `t:<conversationId>`: a Salesforce token for this conversation alone, sealed: a guest's own, or
 *   that of the person who began it;
 * - `token`: the visitor's Salesforce token, sealed; a guest's only until a conversation takes it;
 * - `until`: expiry of the open conversation that lasts longest (epoch milliseconds), if it expires;
 * - `offer`: the deployment's last offer (pre-chat form, attachments), as JSON;
 * - `attributes`: the claims of the visitor's identity token that go to routing;
 * - `heir`: the visitor into whom a guest is being merged;
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
/**
 * Describes a sealed Salesforce token, its expiry (epoch milliseconds), and the deployment that
 * accepts it.
 */
export type SealedToken = z.infer<typeof sealedToken>

export const offer = z.object({ prechat: prechat.nullable(), attachments: attachments.nullable() })
/** Describes the deployment's offer to visitors. */
export type Offer = z.infer<typeof offer>

export const storedConversation = z.object({
  id: z.string(),
  /**
   * Tells the state; `starting`: it may or may not exist in Salesforce yet. `lost`: Salesforce no
   * longer gives the visitor access.
   */
  status: z.enum(['starting', 'open', 'ended', 'lost']),
  /** Holds epoch milliseconds, as the other times. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /**
   * Holds the expiry of a guest's token, and of the conversation with it; null for visitors whom
   * Salesforce knows.
   */
  expiresAt: z.number().nullable(),
  /**
   * Holds the person who began it, as Salesforce knows them: the visitor, or the guest they were
   * before they signed in.
   */
  subject: z.string(),
  /** Holds its id in Salesforce, where Salesforce chooses it. */
  salesforceId: z.string().optional(),
  /**
   * Holds routing values, as releases before `r:<conversationId>` stored them; the next write of
   * the conversation moves them there. They are read here until no conversation that began under
   * such a release is open: `RECORD_DAYS` after the upgrade at the latest, unless its visitor comes
   * back.
   */
  routingAttributes: z.record(z.string(), z.string()).optional(),
  language: z.string().nullable(),
  /** The visitor ended the messaging session here; the next message opens a new one. */
  isSessionOver: z.boolean(),
  /**
   * The first message has not been accepted yet, and carries the attributes of the start again.
   * Absent: it carries nothing.
   */
  isFirstMessageDue: z.literal(true).optional(),
  /** Holds the organisation and deployment it was started in. */
  deployment: z.string(),
})
export type StoredConversation = z.infer<typeof storedConversation>

/** Returns a conversation's id in Salesforce. */
export function salesforceIdOf({ id, salesforceId = id }: StoredConversation): string {
  return salesforceId
}

/**
 * Describes the calling device: the visitor's id, the refresh family and when it signed in (epoch
 * milliseconds).
 */
export type Device = { id: string; family: string; since: number }

/**
 * Describes the result of one HMGET: if the caller's access is revoked, the conversation if the
 * caller owns it, and its token.
 */
export type ConversationLookup = {
  isRevoked: boolean
  conversation: StoredConversation | null
  token: SealedToken | null
}

/** Tells if a device may call. */
export type Standing = {
  isRevoked: boolean
  /** Nothing is left of the visitor, who was forgotten or merged. */
  isGone: boolean
}

/** Describes a visitor's conversations, without their tokens and routing values. */
export type VisitorConversations = Standing & { conversations: readonly StoredConversation[] }

/** Holds what a start needs: also the deployment's offer, and what belongs to the visitor alone. */
export type StartRecord = VisitorConversations & {
  offer: Offer | null
  /** Holds the visitor's own token. */
  token: SealedToken | null
  attributes: Attributes
}

/** Describes a visitor's conversations, and the token that reaches each of them. */
export type ConversationTokens = VisitorConversations & {
  tokenOf(conversation: StoredConversation): SealedToken | null
}

/** Describes a visitor's conversations, with all that passes to another visitor. */
export type MovableRecord = ConversationTokens & {
  routingAttributesOf(conversation: StoredConversation): Attributes
}

/** Parses Redis' own replies: the client is configured not to interpret them. */
export const redisStrings = z.array(z.string().nullable())

/** Returns the fields of a hash, which Redis replies as names and values in turn. */
export function fieldsOf(flat: readonly (string | null)[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields.set(flat[index] ?? '', flat[index + 1] ?? '')
  }
  return fields
}

/** Parses a stored value; null when there is none. */
export function parse<T>(schema: z.ZodType<T>, json: string | null | undefined): T | null {
  return json ? schema.parse(JSON.parse(json)) : null
}

/**
 * Parses a stored value. One that cannot be read, perhaps of an earlier release, counts as absent,
 * so that it shuts no visitor out.
 */
export function parseOrNull<T>(schema: z.ZodType<T>, json: string | null | undefined): T | null {
  try {
    return parse(schema, json)
  } catch {
    return null
  }
}

export const attributesSchema = z.record(z.string(), z.string())
export type Attributes = Readonly<Record<string, string>>

/** Returns the fields of a conversation: they are deleted together. */
export function fieldsOfConversation(id: string) {
  return { conversation: `c:${id}`, routingAttributes: `r:${id}`, token: `t:${id}` }
}

/** Returns a conversation's routing values; `json` is what its own field holds. */
export function routingAttributesIn(
  { routingAttributes }: StoredConversation,
  json: string | null | undefined,
): Attributes {
  return routingAttributes ?? parseOrNull(attributesSchema, json) ?? {}
}

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

/** Returns the field of the token that reaches a conversation. */
export function tokenField(visitorId: string, conversation: StoredConversation): string {
  return hasOwnToken(visitorId, conversation)
    ? fieldsOfConversation(conversation.id).token
    : 'token'
}

/** Serialises a conversation: always the same text for the same conversation. */
export function serialise(conversation: StoredConversation): string {
  return JSON.stringify(storedConversation.parse(conversation))
}
