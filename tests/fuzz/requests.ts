/** Requests as the world may send them: bodies and queries around the contract, in envelopes of any kind. */
import * as fc from 'fast-check'
import type * as z from 'zod'
import type { Method } from '../../lib/http/endpoint.js'
import { queriesOf, textsOf } from './bodies.js'
import { type Form, formsFor } from './forms.js'
import { inputsOf, type Known } from './schema.js'

/** A request before it belongs to a visitor: `@…@` stands for a value of the conversation. */
export type Draft = {
  method: string
  path: string
  query: string
  headers: Record<string, string>
  body: string | Form | null
}

/** Generates the usual value so many times as often as the rare one. */
const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, times: number) =>
  fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: rare })

/** Generates mostly a value that exists, so that the fuzz gets past the first step. */
const oneOf = (...placeholders: string[]) => fc.constantFrom(...placeholders)
const conversationIds = fc.oneof(
  { weight: 8, arbitrary: oneOf('@conversation@') },
  { weight: 2, arbitrary: oneOf('@others-conversation@') },
  { weight: 1, arbitrary: fc.uuid({ version: 4 }) },
)
const messageId = fc.oneof(oneOf('@message@', '@question@'), fc.uuid({ version: 4 }))
/** Ids of others' messages are opaque. */
const foreignMessageId = fc.oneof(
  { weight: 4, arbitrary: messageId },
  { weight: 1, arbitrary: fc.string({ maxLength: 130 }) },
)

const sealed = (validPlaceholder: string) =>
  fc.oneof(
    { weight: 5, arbitrary: oneOf(validPlaceholder) },
    { weight: 2, arbitrary: oneOf('@tampered-cursor@', '@tampered-refresh@', '@others-cursor@') },
    { weight: 2, arbitrary: oneOf('@cursor@x', 'AAAA', '@refresh@', '@token@', '\ud800', '%') },
    { weight: 1, arbitrary: fc.base64String({ minLength: 1 }) },
  )

const known: Known = {
  conversationId: conversationIds,
  id: rarely(fc.uuid({ version: 4 }), messageId, 3),
  inReplyToMessageId: foreignMessageId,
  messageIds: fc.array(foreignMessageId, { minLength: 1, maxLength: 4 }),
  cursor: sealed('@cursor@'),
  before: sealed('@before@'),
  refreshToken: sealed('@refresh@'),
  identityToken: oneOf('@token@', 'a.b.c', '...', 'eyJhbGciOiJub25lIn0.e30.'),
  // What waits is another test's: here every answer is due at once.
  wait: rarely(oneOf('0', '00'), oneOf('26', '9999', '-1', '1e1', '٣'), 6),
  limit: rarely(oneOf('1', '3', '50', '100', '0100'), oneOf('0', '101', '9999', '', '1.5'), 6),
}

const authorizations = fc.oneof(
  { weight: 16, arbitrary: oneOf('Bearer @token@') },
  {
    weight: 3,
    arbitrary: oneOf(
      'Bearer @others-token@',
      'bearer  @token@',
      'Basic @token@',
      'Bearer @refresh@',
      'Bearer @token@x',
      'Bearer a.b.c',
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      `Bearer ${'a'.repeat(9000)}.b.c`,
      'Bearer',
      '',
    ),
  },
)

/** Bytes that a header may hold, and then some that mean something to others. */
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
  .map((text) => text.replaceAll('\x7f', ''))

const headerNames = oneOf(
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-http-method-override',
  'x-real-ip',
  'forwarded',
  'origin',
  'referer',
  'accept',
  'accept-encoding',
  'content-encoding',
  'content-length',
  'cookie',
  'expect',
  'if-none-match',
  'range',
  'traceparent',
  'access-control-request-method',
  'access-control-request-headers',
  'x-anything',
)

const headers = fc.dictionary(
  headerNames,
  fc.oneof(headerText, oneOf('https://shop.example', 'null', 'POST', '0', '-1', '*', 'gzip')),
  { maxKeys: 3 },
)

const contentTypes = fc.oneof(
  { weight: 20, arbitrary: oneOf('application/json') },
  {
    weight: 1,
    arbitrary: oneOf(
      'text/plain',
      'application/json; charset=utf-16',
      'APPLICATION/JSON',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'application/json, text/html',
      'application/problem+json',
      '',
    ),
  },
)

const otherMethods = oneOf('GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'BREW')

function bodiesOf({ name, contract }: Method): fc.Arbitrary<Draft['body']> {
  if (name === 'upload') return formsFor(conversationIds, messageId)
  if (!contract?.input) return textsOf(fc.jsonValue())
  return textsOf(inputsOf(contract.input, known))
}

/**
 * Generates the query of a poll, which asks forward or back; both at once is a refusal of its own.
 */
function pollQueries({ name }: Method, input: z.ZodType): fc.Arbitrary<unknown> {
  if (name !== 'poll') return inputsOf(input, known)
  const { cursor: _, ...forBefore } = known
  const { before: __, ...forCursor } = known
  const without = (allowed: Known, omitted: 'cursor' | 'before') =>
    inputsOf(input, { ...allowed, [omitted]: fc.constant(undefined) })
  return fc.oneof(
    { weight: 3, arbitrary: without(forCursor, 'before') },
    { weight: 3, arbitrary: without(forBefore, 'cursor') },
    { weight: 1, arbitrary: inputsOf(input, known) },
  )
}

/** Generates drafts for one method of one endpoint. */
export function draftsFor(target: Method): fc.Arbitrary<Draft> {
  const usual = target.method === '*' ? 'GET' : target.method
  const isPost = usual === 'POST'
  const noQuery = fc.constant('')
  const anyQuery = queriesOf(fc.dictionary(fc.string({ maxLength: 8 }), fc.string()))
  const input = target.contract?.input
  const query = isPost || !input ? noQuery : queriesOf(pollQueries(target, input))
  const body: fc.Arbitrary<Draft['body']> = isPost ? bodiesOf(target) : fc.constant(null)
  return fc
    .record({
      method: rarely(fc.constant(usual), otherMethods, 12),
      path: rarely(oneOf(`/api/${target.name}`), oneOf(`/api/messaging/${target.name}`), 2),
      query: rarely(query, anyQuery, 8),
      authorization: authorizations,
      type: contentTypes,
      more: rarely(fc.constant({}), headers, 2),
      body,
    })
    .map(({ authorization, type, more, ...draft }) => {
      const isForm = draft.body !== null && typeof draft.body !== 'string'
      const named = typeof draft.body === 'string' ? { 'content-type': type } : {}
      const form = isForm && typeof draft.body === 'object' ? draft.body : null
      return {
        ...draft,
        headers: { authorization, ...named, ...(form && { 'content-type': form.type }), ...more },
      }
    })
}
