/**
 * Defines the replies. Each is parsed by its schema before it leaves, so that nothing else can
 * leave with it.
 */
import * as z from 'zod'
import { timestamp, uuid } from './common.js'
import { endedBy, message, role } from './messages.js'

export const authReply = z.strictObject({
  token: z.string().describe('For the Authorization header of every other call.'),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int().describe('Seconds.'),
  expiresAt: timestamp,
  refreshToken: z.string().describe('Opaque, and good for one use.'),
  refreshExpiresAt: timestamp,
  user: z.strictObject({
    id: z.string(),
    verified: z.boolean().describe('Whether an identity token told who this is.'),
  }),
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

/** Describes the deployment's form, normalised; hidden fields are left out. */
export const prechat = z.strictObject({
  required: z.boolean(),
  per: z.enum(['conversation', 'session']),
  fields: z.array(prechatField),
})
export type Prechat = z.infer<typeof prechat>

export const attachments = z.strictObject({
  maxBytes: z.int(),
  mimeTypes: z.array(z.string()).optional(),
  /** Holds the endings of names that are taken, such as `.heic`, where no type is known. */
  endings: z.array(z.string()).optional(),
})
export type Attachments = z.infer<typeof attachments>

export const startReply = z.strictObject({
  conversationId: uuid,
  status: z.literal('open'),
  resumed: z.boolean().describe('Whether it was open already.'),
  startedAt: timestamp,
  expiresAt: timestamp.nullable().describe('When a guest loses the conversation.'),
  prechat: prechat.nullable(),
  attachments: attachments.nullable(),
})
export type StartReply = z.infer<typeof startReply>

export const sendReply = z.strictObject({
  id: uuid,
  conversationId: uuid,
  timestamp,
  duplicate: z.boolean().describe('Whether an earlier call with this id had delivered it.'),
})
export type SendReply = z.infer<typeof sendReply>

const partialMessage = z.union([
  z.strictObject({
    messageId: z.string().describe('The id under which the message will be polled.'),
    from: z.int().describe('Number of the first of these tokens.'),
    to: z.int().describe('Number of the last of these tokens.'),
    text: z.string(),
  }),
  z.strictObject({
    messageId: z.string(),
    invalid: z.literal(true).describe('The text that was streamed does not count.'),
  }),
])

const activity = z.strictObject({
  typing: z.array(z.strictObject({ role, displayName: z.string().nullable() })),
  progress: z.string().nullable().describe('What the bot says that it is doing.'),
  queuePosition: z.int().nullable(),
  partial: partialMessage.nullable().describe('The streamed beginning of an answer.'),
})

export const pollReply = z.strictObject({
  messages: z.array(message).describe('Oldest first.'),
  cursor: z
    .string()
    .nullable()
    .describe('For the next poll. Null on a page of history (`before`): keep the one you have.'),
  hasMore: z.boolean().describe('Whether to ask again at once.'),
  before: z.string().nullable().describe('For the page before this one; null where none is.'),
  pollAfterMs: z
    .int()
    .nullable()
    .describe('When to ask next; null when the conversation has ended and all was given.'),
  waitSeconds: z
    .int()
    .describe('The `wait` of the next poll: 0, or 25 where Salesforce tells of news by events.'),
  activity: activity
    .optional()
    .describe('What a poll that waited for events heard meanwhile, and no list holds.'),
  conversation: z.strictObject({
    id: uuid,
    status: z.enum(['open', 'ended']),
    handledBy: z.enum(['queue', 'bot', 'agent', 'none', 'unknown']),
    participants: z.array(z.strictObject({ role, displayName: z.string().nullable() })),
    endedBy: endedBy.nullable(),
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

/** Describes the visitor's conversations, newest first. */
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

/**
 * Describes business hours: until when it is open, or when it opens, as far as Salesforce tells.
 */
export const availabilityReply = z.strictObject({
  open: z.boolean(),
  opensAt: timestamp.optional(),
  closesAt: timestamp.optional(),
})
export type AvailabilityReply = z.infer<typeof availabilityReply>

/** Describes a PDF, and the name to keep it under. */
export const transcriptReply = z.strictObject({
  name: z.string().regex(/^[\w-]+\.pdf$/),
  pdf: z.instanceof(ReadableStream),
  bytes: z.int().min(0).nullable(),
})

/** Describes public keys (RFC 7517) with their certificates. */
export const keySet = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('RSA'),
      kid: z.string(),
      use: z.literal('sig'),
      alg: z.literal('RS256'),
      n: z.string(),
      e: z.string(),
      x5c: z.array(z.string()),
    }),
  ),
})

export const healthReply = z.strictObject({
  status: z.enum(['ok', 'down']),
  checks: z.strictObject({ environment: z.enum(['ok', 'down']), store: z.enum(['ok', 'down']) }),
  warnings: z
    .array(z.enum(['store_evicts']))
    .min(1)
    .optional()
    .describe(
      'What is wrong although the gateway works; absent when nothing is. `store_evicts`: Redis may remove keys when its memory is full, or did. Set it to keep all keys (`noeviction`).',
    ),
})

/** Describes an answer without a body: 204. */
export const noReply = z.null()
