/** What a frontend gets. Replies are parsed by these before they leave, so nothing else can leave with them. */
import * as z from 'zod'
import { timestamp, uuid } from './common.js'
import { message, role } from './messages.js'

export const authReply = z.strictObject({
  token: z.string(),
  tokenType: z.literal('Bearer'),
  /** Seconds. */
  expiresIn: z.int(),
  expiresAt: timestamp,
  refreshToken: z.string(),
  refreshExpiresAt: timestamp,
  user: z.strictObject({ id: z.string(), verified: z.boolean() }),
})
export type AuthReply = z.infer<typeof authReply>

const prechatField = z.strictObject({
  name: z.string(),
  label: z.string().optional(),
  type: z.enum(['text', 'email', 'number', 'phone', 'checkbox', 'choice']),
  required: z.boolean(),
  maxLength: z.int().optional(),
  options: z
    .array(
      z.strictObject({
        value: z.string(),
        label: z.string().optional(),
        default: z.boolean().optional(),
      }),
    )
    .optional(),
})

/** The deployment's form, normalised; hidden fields are left out. */
export const prechat = z.strictObject({
  required: z.boolean(),
  per: z.enum(['conversation', 'session']),
  fields: z.array(prechatField),
})
export type Prechat = z.infer<typeof prechat>

export const attachments = z.strictObject({
  maxBytes: z.int(),
  mimeTypes: z.array(z.string()).optional(),
})
export type Attachments = z.infer<typeof attachments>

export const startReply = z.strictObject({
  conversationId: uuid,
  status: z.literal('open'),
  resumed: z.boolean(),
  startedAt: timestamp,
  expiresAt: timestamp.nullable(),
  prechat: prechat.nullable(),
  attachments: attachments.nullable(),
})
export type StartReply = z.infer<typeof startReply>

export const sendReply = z.strictObject({
  id: uuid,
  conversationId: uuid,
  timestamp,
  /** True when an earlier call with this id had delivered it. */
  duplicate: z.boolean(),
})
export type SendReply = z.infer<typeof sendReply>

export const pollReply = z.strictObject({
  messages: z.array(message),
  /** Null on a page of history (`before`): keep the one you have. */
  cursor: z.string().nullable(),
  hasMore: z.boolean(),
  before: z.string().nullable(),
  pollAfterMs: z.int().nullable(),
  conversation: z.strictObject({
    id: uuid,
    status: z.enum(['open', 'ended']),
    handledBy: z.enum(['queue', 'bot', 'agent', 'none', 'unknown']),
    participants: z.array(z.strictObject({ role, displayName: z.string().nullable() })),
    endedBy: z.enum(['EndUser', 'Agent', 'System']).nullable(),
    estimatedWaitSeconds: z.number().nullable(),
    expiresAt: timestamp.nullable(),
  }),
})
export type PollReply = z.infer<typeof pollReply>

export const endReply = z.strictObject({
  conversationId: uuid,
  status: z.enum(['ended', 'open']),
  endedAt: timestamp,
})
export type EndReply = z.infer<typeof endReply>

/** The visitor's conversations, newest first. */
export const conversationsReply = z.strictObject({
  conversations: z.array(
    z.strictObject({
      conversationId: uuid,
      status: z.enum(['open', 'ended']),
      startedAt: timestamp,
      endedAt: timestamp.optional(),
    }),
  ),
})
export type ConversationsReply = z.infer<typeof conversationsReply>

/** Business hours: until when it is open, or when it opens, as far as Salesforce tells. */
export const availabilityReply = z.strictObject({
  open: z.boolean(),
  opensAt: timestamp.optional(),
  closesAt: timestamp.optional(),
})
export type AvailabilityReply = z.infer<typeof availabilityReply>

/** A PDF, and the name to keep it under. */
export const transcriptReply = z.strictObject({
  name: z.string().regex(/^[\w-]+\.pdf$/),
  pdf: z.instanceof(ReadableStream),
})

export const healthReply = z.strictObject({
  status: z.enum(['ok', 'down']),
  checks: z.strictObject({ environment: z.enum(['ok', 'down']), store: z.enum(['ok', 'down']) }),
})

/** An answer without a body: 204. */
export const noReply = z.null()
