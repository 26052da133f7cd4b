import type * as z from 'zod'
import { mediaType } from '../exchange.js'
import { HttpError } from '../http-error.js'
import type { Call } from '../operations/operation.js'
import { parseStrictly } from './requests.js'

/**
 * Parses the body of a call by its schema.
 * @throws {HttpError} 415 for another type than JSON, 400 for a mistake
 */
export function parseJsonBody<Schema extends z.ZodType>(
  { sandbox, request, body }: Call,
  schema: Schema,
): z.output<Schema> {
  if (mediaType(request.headers) === 'application/json') return parseStrictly(sandbox, schema, body)
  throw new HttpError(415, 'The body must be application/json')
}
