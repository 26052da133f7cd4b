/** Reads the parts of an event beside the request itself. Pure. */
import type { LambdaEvent } from 'hono/aws-lambda'
import * as z from 'zod'

/** `http` is of payload 2.0, `identity` of 1.0. */
const context = z.object({
  requestContext: z.object({
    stage: z.string().default('$default'),
    http: z.object({ method: z.string(), sourceIp: z.string() }).optional(),
    identity: z.object({ sourceIp: z.string() }).optional(),
  }),
})

/** Returns the address that AWS saw the caller at; headers are the caller's own words. */
export function callerAddress(event: unknown): string | undefined {
  const { http, identity } = context.parse(event).requestContext
  return (http ?? identity)?.sourceIp
}

/**
 * Maps `/prod/api/send` to `/api/send`; a path that a custom domain left without its stage stays.
 */
function withoutStage(path: string, stage: string): string {
  const rest = path.slice(stage.length + 1)
  const isPrefixed = path.startsWith(`/${stage}/`) && /^\/(api$|api\/|\.well-known\/)/.test(rest)
  return isPrefixed ? rest : path
}

/**
 * Returns the event with a path that begins at the root, and without a body where a request can
 * have none.
 */
export function normaliseEvent<E extends LambdaEvent>(event: E): E {
  const { stage, http } = context.parse(event).requestContext
  const method = 'httpMethod' in event ? event.httpMethod : http?.method
  return {
    ...event,
    ...('rawPath' in event && { rawPath: withoutStage(event.rawPath, stage) }),
    ...('path' in event && { path: withoutStage(event.path, stage) }),
    ...((method === 'GET' || method === 'HEAD') && { body: null }),
  }
}
