import type * as z from 'zod'
import { mediaType } from '../exchange.js'
import type { Call } from '../operations/operation.js'
import { Refusal } from '../refusal.js'
import { readStrictly } from './requests.js'

/** The body of a call by its schema: 415 unless it says that it is JSON, 400 with what is wrong. */
export function jsonBody<Schema extends z.ZodType>(
  { world, request, body }: Call,
  schema: Schema,
): z.output<Schema> {
  if (mediaType(request.headers) === 'application/json') return readStrictly(world, schema, body)
  throw new Refusal(415, 'The body must be application/json')
}
