/**
 * Observes every request: its scope and span, the headers that every response has, and the one log
 * line.
 */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { setMetric } from 'hono/timing'
import { EnvironmentError } from '../config/env.js'
import type { LimitOutcome } from '../limits.js'
import { isProblem, type ProblemCode } from '../problem.js'
import { createScope, type HostSignals, type RequestScope, runInScope } from '../request.js'
import { inRequestSpan } from '../tracing.js'
import type { Connection } from './client-address.js'
import { framesOf, logRequest, type RequestLine } from './log.js'
import { type Passed, watchBody } from './streamed-body.js'
import { vercelWaitUntil } from './vercel-context.js'

/** Types Hono's environment. A `failure` that is set appears in the log line. */
export type HttpEnv = {
  Bindings: { connection?: Connection }
  Variables: {
    requestId: string
    scope: RequestScope
    failure: unknown
    /** Is true for a body that is passed on as it comes: its line is written at its end. */
    isStreamed: boolean
  }
}

function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id') ?? ''
  return /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID()
}

/** Returns the request headers that an answer depends on; a preflight allows the ones it names. */
function varyOf(method: string, isPublic: boolean): string {
  const names = [
    ...(isPublic ? [] : ['Origin']),
    ...(method === 'OPTIONS' ? ['Access-Control-Request-Headers'] : []),
  ]
  return names.join(', ')
}

/**
 * Returns what the host knows of a request; Vercel's functions tell it by a global. The signal of
 * the request itself is made when it is read, so it is read only where the host has none.
 */
function hostOf(request: Request, { signal, gone, waitUntil }: Connection = {}): HostSignals {
  const keepAlive = waitUntil ?? vercelWaitUntil()
  return {
    signal: signal ?? request.signal,
    ...(gone && { gone }),
    ...(keepAlive && { waitUntil: keepAlive }),
  }
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

/** Returns what the log line says of a streamed body. */
function bodyFields({ bytes, cut }: Passed): Pick<RequestLine, 'bytes' | 'cut'> {
  return { bytes, ...(cut !== null && { cut }) }
}

/**
 * Returns `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, structured
 * fields): one item per limit that applied; no header when none did.
 */
function limitHeaders(limits: readonly LimitOutcome[]): Record<string, string> {
  if (limits.length === 0) return {}
  const policies = limits.map(
    ({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${Math.ceil(windowSeconds)}`,
  )
  const states = limits.map(
    ({ name, remaining, resetMs }) => `"${name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`,
  )
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: states.join(', ') }
}

/**
 * Observes the requests of one endpoint, as the outermost middleware: it opens the scope, sets the
 * headers that every response has, and writes the log line, for a streamed body at its end.
 * `isPublic`: it answers pages of every origin alike.
 */
export function observeRequests(name: string, isPublic = false): MiddlewareHandler<HttpEnv> {
  return async function observeRequest(c, next) {
    const startedAt = performance.now()
    const scope = createScope(hostOf(c.req.raw, c.env.connection))
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
    const vary = varyOf(c.req.method, isPublic)
    if (vary) headers.set('Vary', vary)
    else headers.delete('Vary')
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
    for (const [key, value] of Object.entries(limitHeaders(scope.limits))) headers.set(key, value)
    const failure = c.get('failure')
    const code = codeOf(failure)
    const isUnexpected = code === 'internal'
    const note = noteOf(failure) ?? scope.note
    const { status, body } = c.res
    const log = (passed?: Passed) =>
      logRequest({
        ...requestInfo,
        status,
        ...(code && { code }),
        ms: performance.now() - startedAt,
        ...scope.spent,
        ...(passed && bodyFields(passed)),
        ...(note ? { note } : isUnexpected && { error: framesOf(failure) }),
      })
    if (c.get('isStreamed') && body) c.res = new Response(watchBody(body, log), c.res)
    else log()
  }
}

/** Reports Redis and Salesforce in `Server-Timing`, beside the total that Hono measures. */
export const reportTiming: MiddlewareHandler<HttpEnv> = async function reportTiming(c, next) {
  await next()
  const { redis, salesforce } = c.get('scope').spent
  setMetric(c, 'redis', redis.ms)
  setMetric(c, 'salesforce', salesforce.ms)
}
