import type * as z from 'zod'
import { mediaType } from '../exchange.js'
import { HttpError } from '../http-error.js'
import type { Call } from '../operations/operation.js'
import { parseStrictly } from './requests.js'

/** The body of a call by its schema: 415 unless it says that it is JSON, 400 with what is wrong. */
export function parseJsonBody<Schema extends z.ZodType>(
  { sandbox, request, body }: Call,
  schema: Schema,
): z.output<Schema> {
  if (mediaType(request.headers) === 'application/json') return parseStrictly(sandbox, schema, body)
  throw new HttpError(415, 'The body must be application/json')
}
