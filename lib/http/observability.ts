/**
 * Observes every request: its scope and span, the headers that every response has, and the one log
 * line.
 */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { setMetric } from 'hono/timing'
import { EnvironmentError } from '../config/env.js'
import { isProblem, type ProblemCode } from '../problem.js'
import { createScope, type RequestScope, runInScope } from '../request.js'
import { inRequestSpan } from '../tracing.js'
import type { Connection } from './client-address.js'
import { limitHeaders } from './limit-headers.js'
import { framesOf, logRequest } from './log.js'

/** Hono's environment: set `failure` to have it in the log line. */
export type HttpEnv = {
  Bindings: { connection?: Connection }
  Variables: { requestId: string; scope: RequestScope; failure: unknown }
}

function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id') ?? ''
  return /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Returns the problem code of a failure; undefined when there is none. */
function codeOf(failure: unknown): ProblemCode | undefined {
  if (failure === undefined) return undefined
  return isProblem(failure) ? failure.code : 'internal'
}

function noteOf(failure: unknown): string | undefined {
  if (isProblem(failure)) return failure.details.note
  return failure instanceof EnvironmentError ? failure.message : undefined
}

/** Outermost: the request's scope, the headers every answer has, and the log line. */
export function observeRequests(name: string): MiddlewareHandler<HttpEnv> {
  return async function observeRequest(c, next) {
    const startedAt = performance.now()
    const scope = createScope()
    const requestId = requestIdOf(c.req.raw.headers)
    c.set('scope', scope)
    c.set('requestId', requestId)
    const requestInfo = { requestId, endpoint: name, method: c.req.method }
    await inRequestSpan(requestInfo, async (span) => {
      scope.span = span
      await runInScope(scope, next)
      return { status: c.res.status, code: codeOf(c.get('failure')) }
    })
    const { headers } = c.res
    headers.set('X-Request-Id', requestId)
    headers.set('Vary', 'Origin')
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
    for (const [key, value] of Object.entries(limitHeaders(scope.limits))) headers.set(key, value)
    const failure = c.get('failure')
    const code = codeOf(failure)
    const isUnexpected = code === 'internal'
    const note = noteOf(failure)
    logRequest({
      ...requestInfo,
      status: c.res.status,
      ...(code && { code }),
      ms: performance.now() - startedAt,
      ...scope.spent,
      ...(note ? { note } : isUnexpected && { error: framesOf(failure) }),
    })
  }
}

/** Redis and Salesforce in `Server-Timing`, beside the total that Hono measures. */
export const reportTiming: MiddlewareHandler<HttpEnv> = async function reportTiming(c, next) {
  await next()
  const { redis, salesforce } = c.get('scope').spent
  setMetric(c, 'redis', redis.ms)
  setMetric(c, 'salesforce', salesforce.ms)
}
