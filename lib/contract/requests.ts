/** What a frontend may ask; unknown properties are refused by name. */
import * as z from 'zod'
import { attributes, language, uuid } from './common.js'

const token = z.string().min(1).max(8192)

export const authRequest = z.strictObject({
  identityToken: token.optional(),
  refreshToken: token.optional(),
})

export const startRequest = z.strictObject({
  routingAttributes: attributes.optional(),
  contextParameters: attributes.optional(),
  language: language.optional(),
  conversationId: uuid.optional(),
  resume: z.boolean().default(true),
})
export type StartRequest = z.infer<typeof startRequest>

const text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .refine((value) => [...value].length <= 4000, 'must be at most 4,000 characters')

/** Says one thing; `id` makes a retry harmless. */
export const sendRequest = z.strictObject({
  conversationId: uuid,
  id: uuid.optional(),
  messageType: z
    .literal('StaticContentMessage', 'must be StaticContentMessage')
    .default('StaticContentMessage'),
  text,
})
export type SendRequest = z.infer<typeof sendRequest>

function wholeNumber(minimum: number, maximum: number, fallback: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`
  return z
    .string()
    .regex(/^\d{1,4}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message)
    .default(fallback)
}

const sealed = z.string().min(1).max(6144)

export const pollRequest = z
  .strictObject({
    conversationId: uuid,
    cursor: sealed.optional(),
    before: sealed.optional(),
    limit: wholeNumber(1, 100, 50),
    wait: wholeNumber(0, 25, 0),
  })
  .refine((query) => query.cursor === undefined || query.before === undefined, {
    path: ['before'],
    message: 'must not be given together with cursor',
  })
export type PollRequest = z.infer<typeof pollRequest>

export const endRequest = z.strictObject({
  conversationId: uuid,
  scope: z
    .enum(['conversation', 'session'], 'must be conversation or session')
    .default('conversation'),
})

export const signOutRequest = z.strictObject({
  everywhere: z.enum(['true', 'false'], 'must be true or false').default('false'),
})

export const noInput = z.strictObject({})
