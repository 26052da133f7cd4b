/**
 * Records spans where an OpenTelemetry SDK runs in this process, and nothing elsewhere. A span
 * holds the route, the outcome and the time: no text, no token, no address, no error message.
 */
import type { Context, Span, SpanOptions } from '@opentelemetry/api'

type Api = typeof import('@opentelemetry/api')

/**
 * The symbol under which an SDK registers itself, whichever copy of the API it was built with
 * (`@opentelemetry/api`, global-utils).
 */
const apiRegistration = Symbol.for('opentelemetry.js.api.1')

let loading: Promise<Api> | undefined

/**
 * Loads the API once an SDK is registered: it costs 15 to 20 ms of a cold start, which other
 * deployments do not pay.
 */
function api(): Promise<Api> | null {
  if (!Object.hasOwn(globalThis, apiRegistration)) return null
  loading ??= import('@opentelemetry/api')
  return loading
}

/** A span that runs; work done inside of `context` belongs below it. */
export type ActiveSpan = { api: Api; span: Span; context: Context }

/** Outcome of the traced work: its status, and the code of a failure. */
export type Outcome = { status?: number; code?: string | undefined }

function begin(api: Api, name: string, options: SpanOptions, parent: Context): ActiveSpan {
  const span = api.trace.getTracer('miaw-gateway').startSpan(name, options, parent)
  return { api, span, context: api.trace.setSpan(parent, span) }
}

function finish({ api, span }: ActiveSpan, { status, code }: Outcome): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (code !== undefined) span.setAttribute('error.type', code)
  const isOurs = status === undefined ? code !== undefined : status >= 500
  if (isOurs) span.setStatus({ code: api.SpanStatusCode.ERROR })
  span.end()
}

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'])

/** Attributes that a request's span has from the beginning. */
type RequestInfo = { endpoint: string; method: string; requestId: string }

/** Does the work of a request in a span of its own, below the active span. */
export async function inRequestSpan(
  { endpoint, method, requestId }: RequestInfo,
  work: (active: ActiveSpan | null) => Promise<Outcome>,
): Promise<void> {
  const loaded = await api()
  if (!loaded) {
    await work(null)
    return
  }
  const verb = methods.has(method) ? method : '_OTHER'
  const route = `/api/${endpoint}`
  const attributes = {
    'http.request.method': verb,
    'http.route': route,
    'miaw.request_id': requestId,
  }
  const options = { kind: loaded.SpanKind.SERVER, attributes }
  const active = begin(loaded, `${verb} ${route}`, options, loaded.context.active())
  finish(active, await loaded.context.with(active.context, () => work(active)))
}

/** Does one foreign request in a span below that of the request it serves. */
export async function inDependencySpan<T>(
  parent: ActiveSpan | null,
  name: string,
  work: () => Promise<T>,
  codeOf: (error: unknown) => string,
): Promise<T> {
  if (!parent) return await work()
  const options = { kind: parent.api.SpanKind.CLIENT, attributes: { 'peer.service': name } }
  const active = begin(parent.api, name, options, parent.context)
  try {
    const result = await parent.api.context.with(active.context, work)
    finish(active, {})
    return result
  } catch (error) {
    finish(active, { code: codeOf(error) })
    throw error
  }
}
