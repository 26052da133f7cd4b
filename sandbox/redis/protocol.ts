/** Upstash's REST protocol, the pure part: https://upstash.com/docs/redis/features/restapi */
import * as z from 'zod'
import { RedisError, type Reply } from './resp.js'

const part = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** The body of `POST /`: one command. */
export const commandBody = z.array(part).min(1)

/** The body of `POST /pipeline` and `POST /multi-exec`: several commands. */
export const commandsBody = z.array(commandBody).min(1)

/** Encoding of text in an answer; base64 keeps bytes that are no text. */
export type Encoding = 'base64' | 'utf8'

/** One command's outcome, as it stands in an answer. */
export type Outcome = { result: unknown } | { error: string }

/** The outcome of one command. */
export function outcomeOf(reply: Reply, encoding: Encoding): Outcome {
  if (reply instanceof RedisError) return { error: reply.message }
  return { result: reply === 'OK' ? reply : encodeValue(reply, encoding) }
}

/** A status inside a list is encoded too; only a bare `OK` travels as it is. */
function encodeValue(reply: Reply, encoding: Encoding): unknown {
  if (Array.isArray(reply)) return reply.map((item) => encodeValue(item, encoding))
  if (reply instanceof RedisError) return encodeValue(reply.message, encoding)
  if (typeof reply === 'string') return Buffer.from(reply).toString(encoding)
  return Buffer.isBuffer(reply) ? reply.toString(encoding) : reply
}
