/** Reads a body that may be too large, or break off because its sender went away. */
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { GatewayError, isProblem } from '../problem.js'
import { callerSignal } from '../request.js'
import type { Services } from '../services.js'
import { type BodyReader, invalid } from './input.js'

function tooLarge(maxBytes: number): GatewayError {
  const detail = `At most ${Math.floor(maxBytes)} bytes.`
  return new GatewayError('payload_too_large', { detail })
}

/**
 * Reads the body of a call by its reader.
 * @throws {GatewayError} payload_too_large
 * @throws {GatewayError} invalid_request when it cannot be read, or not to its end
 * @throws {GatewayError} unsupported_media_type
 */
export async function readBody(
  c: Context,
  { maxBytes, read }: BodyReader,
  services: Services,
): Promise<unknown> {
  const limit = bodyLimit({
    maxSize: maxBytes,
    onError() {
      throw tooLarge(maxBytes)
    },
  })
  const caller = callerSignal()
  try {
    await limit(c, async () => {})
    return await read(c.req.raw, services)
  } catch (error) {
    if (isProblem(error) || !caller.aborted) throw error
    throw invalid([{ path: '', message: 'broke off' }])
  }
}
