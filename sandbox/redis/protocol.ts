/**
 * Defines the pure part of Upstash's REST protocol: https://upstash.com/docs/redis/features/restapi
 */
import * as z from 'zod'
import { RedisError, type Reply } from './resp.js'

const part = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** Parses the body of `POST /`: one command. */
export const commandBody = z.array(part).min(1)

/** Parses the body of `POST /pipeline` and `POST /multi-exec`: several commands. */
export const commandsBody = z.array(commandBody).min(1)

/** Names the encoding of text in an answer; base64 keeps bytes that are no text. */
export type Encoding = 'base64' | 'utf8'

/** Holds one command's outcome as an answer carries it. */
export type Outcome = { result: unknown } | { error: string }

/** Converts Redis' reply to one command. */
export function outcomeOf(reply: Reply, encoding: Encoding): Outcome {
  if (reply instanceof RedisError) return { error: reply.message }
  return { result: reply === 'OK' ? reply : encodeValue(reply, encoding) }
}

/** Encodes a status inside a list too; only a bare `OK` stays as it is. */
function encodeValue(reply: Reply, encoding: Encoding): unknown {
  if (Array.isArray(reply)) return reply.map((item) => encodeValue(item, encoding))
  if (reply instanceof RedisError) return encodeValue(reply.message, encoding)
  if (typeof reply === 'string') return Buffer.from(reply).toString(encoding)
  return Buffer.isBuffer(reply) ? reply.toString(encoding) : reply
}
