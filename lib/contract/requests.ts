/** Defines the requests. Unknown properties are refused by name. */
import * as z from 'zod'
import {
  attributes,
  attributesTooLarge,
  fitsAttributes,
  language,
  messageId,
  uuid,
} from './common.js'
import { formValue, itemId, title } from './form-values.js'
import { toPlainText } from './plain-text.js'

const token = z.string().min(1).max(8192)

export const authRequest = z.strictObject({
  identityToken: token.optional().describe('A JWT of the site’s own login: the visitor is known.'),
  refreshToken: token.optional().describe('The same visitor again. It is used up.'),
  challenge: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .describe(
      'A Turnstile token, good once: needed of new anonymous visitors where the gateway has a TURNSTILE_SECRET, ignored otherwise.',
    ),
})

export const startRequest = z
  .strictObject({
    routingAttributes: attributes
      .optional()
      .describe(
        'Pre-chat answers and hidden values, by the names the form gives them: together with contextParameters at most 4,096 bytes of names and values in UTF-8.',
      ),
    contextParameters: attributes
      .optional()
      .describe('Another word for routingAttributes, which win over it.'),
    language: language.optional(),
    conversationId: uuid.optional().describe('An id of your own, so that a retry is harmless.'),
    resume: z
      .boolean()
      .default(true)
      .describe('Whether an open conversation is returned instead of a new one.'),
  })
  .refine(
    ({ routingAttributes, contextParameters }) =>
      fitsAttributes({ ...contextParameters, ...routingAttributes }),
    {
      path: ['routingAttributes'],
      message: `${attributesTooLarge}; contextParameters count as well`,
    },
  )
export type StartRequest = z.infer<typeof startRequest>

const text = z
  .string()
  .overwrite(toPlainText)
  .trim()
  .min(1, 'must not be empty')
  .refine((value) => [...value].length <= 4000, 'must be at most 4,000 characters')
  .meta({ maxLength: 4000, description: 'It is trimmed; an emoji counts as one character.' })

const common = {
  conversationId: uuid,
  id: uuid
    .optional()
    .describe('An id of your own: sent again with the same content, it is delivered once.'),
  routingAttributes: attributes
    .optional()
    .describe(
      'Answers to a pre-chat that is asked for each session, at most 4,096 bytes; no part of what is said.',
    ),
}

export const textMessage = z.strictObject({
  ...common,
  messageType: z.literal('StaticContentMessage').optional().default('StaticContentMessage'),
  text,
})

const inReplyToMessageId = messageId.describe('The message that is answered, by its id as it came.')

export const choiceResponse = z.strictObject({
  ...common,
  messageType: z.literal('ChoiceResponseMessage'),
  inReplyToMessageId,
  selections: z
    .array(z.strictObject({ itemId, title: title.optional() }))
    .min(1, 'must hold at least one selection')
    .max(100, 'must be at most 100 selections'),
})

export const formResponse = z.strictObject({
  ...common,
  messageType: z.literal('FormResponseMessage'),
  inReplyToMessageId,
  values: z.array(formValue).max(200, 'must be at most 200 values'),
})

export const typingIndicator = z.strictObject({
  ...common,
  messageType: z.literal('TypingIndicator'),
  typing: z.boolean('must be true or false'),
})

/** Salesforce's sibling API takes 25 acknowledgements at once (`enhanced-chat-api.md §2.13`). */
const maxReceipts = 25

export const readReceipt = z.strictObject({
  ...common,
  messageType: z.literal('ReadReceipt'),
  messageIds: z
    .array(messageId)
    .min(1, 'must hold at least one id')
    .max(maxReceipts, `must be at most ${maxReceipts} ids`),
  kind: z.enum(['read', 'delivered'], 'must be read or delivered').default('read'),
})

/** Lists every kind of message and signal, by its type. */
const messageRequests = [textMessage, choiceResponse, formResponse] as const
const signals = [typingIndicator, readReceipt] as const
const sendableTypes =
  'StaticContentMessage, ChoiceResponseMessage, FormResponseMessage, TypingIndicator, ReadReceipt'

/** Says or signals one thing; without a type it is a text. */
export const sendRequest = z.discriminatedUnion(
  'messageType',
  [...messageRequests, ...signals],
  `must be one of: ${sendableTypes}`,
)
export type SendRequest = z.infer<typeof sendRequest>
export type SignalRequest = z.infer<(typeof signals)[number]>
export type MessageRequest = z.infer<(typeof messageRequests)[number]>

/** Tells a signal from a message: signals have a limit of their own, and are not logged. */
export function isSignal(request: SendRequest): request is SignalRequest {
  return request.messageType === 'TypingIndicator' || request.messageType === 'ReadReceipt'
}

/** Describes a form: the file, and the text sent with it. */
export const uploadRequest = z.strictObject({
  conversationId: uuid,
  /** Makes a retry harmless. */
  id: uuid.optional(),
  text: text.optional(),
  file: z.file('must be a file'),
})

export const transcriptRequest = z.strictObject({ conversationId: uuid })

const yesOrNo = z.enum(['true', 'false'], 'must be true or false')

export const conversationsRequest = z.strictObject({
  /** Asks Salesforce as well which of them are over. */
  refresh: yesOrNo.default('false').transform((value) => value === 'true'),
})

/** Makes the two forms of a whole number with a default: text in a query, a number in a body. */
function wholeNumber(minimum: number, maximum: number, fallback: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`
  const inBody = z.int(message).min(minimum, message).max(maximum, message)
  const text = z.string().regex(/^\d{1,4}$/, message)
  return {
    inQuery: text.transform(Number).pipe(inBody).default(fallback),
    inBody: inBody.default(fallback),
  }
}

const sealed = z
  .string()
  .min(1, 'must not be empty: leave it out to begin')
  .max(6144, 'must be at most 6,144 characters')

const pollPosition = {
  conversationId: uuid,
  cursor: sealed.optional().describe('What is new since the page that gave this cursor.'),
  before: sealed.optional().describe('The page of history before the one that gave this.'),
}
const limit = wholeNumber(1, 100, 50)
const limitDescription = 'At most so many messages.'
const wait = wholeNumber(0, 25, 0)
const waitDescription = 'So many seconds the call stays open for something new.'

const hasOnePosition = (poll: { cursor?: string | undefined; before?: string | undefined }) =>
  poll.cursor === undefined || poll.before === undefined
const onePosition = { path: ['before'], message: 'must not be given together with cursor' }

/** Describes a poll by its query. */
export const pollRequest = z
  .strictObject({
    ...pollPosition,
    limit: limit.inQuery.describe(limitDescription),
    wait: wait.inQuery.describe(waitDescription),
  })
  .refine(hasOnePosition, onePosition)
export type PollRequest = z.infer<typeof pollRequest>

/** Describes the same poll by a body. */
export const pollBody = z
  .strictObject({
    ...pollPosition,
    limit: limit.inBody.describe(limitDescription),
    wait: wait.inBody.describe(waitDescription),
  })
  .refine(hasOnePosition, onePosition)

export const endRequest = z.strictObject({
  conversationId: uuid,
  scope: z
    .enum(['conversation', 'session'], 'must be conversation or session')
    .default('conversation')
    .describe('`session`: the conversation stays open, and the next message begins a new session.'),
})

export const signOutRequest = z.strictObject({
  everywhere: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('Whether a known visitor is signed out on all devices.'),
})

export const noInput = z.strictObject({})
