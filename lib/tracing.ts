/**
 * Records spans where an OpenTelemetry SDK runs in this process, and nothing elsewhere. A span
 * holds the route, the outcome and the time: no text, no token, no address, no error message.
 */
import type { Context, ContextManager, Span, SpanOptions, TracerProvider } from '@opentelemetry/api'

type Api = typeof import('@opentelemetry/api')

/**
 * Holds the symbol under which an SDK registers itself, whichever copy of the API it was built with
 * (`@opentelemetry/api`, global-utils).
 */
const apiRegistration = Symbol.for('opentelemetry.js.api.1')

type Registration = { trace: TracerProvider; context?: ContextManager }

function isRegistration(value: unknown): value is Registration {
  if (typeof value !== 'object' || value === null || !('trace' in value)) return false
  const { trace } = value
  return typeof trace === 'object' && trace !== null && 'getTracer' in trace
}

/**
 * Returns what an SDK has registered. It is used itself: our copy of the API would serve it only
 * where the application's copy is as new as ours, and record nothing elsewhere.
 */
function registered(): Registration | null {
  const value: unknown = Reflect.get(globalThis, apiRegistration)
  return isRegistration(value) ? value : null
}

/** Holds what makes spans: the SDK, and our copy of the API for its constants and contexts. */
type Tracing = { api: Api; sdk: Registration }

let loading: Promise<Api> | undefined

/**
 * Loads the API once an SDK is registered: it costs 15 to 20 ms of a cold start, which other
 * deployments do not pay.
 */
async function loadTracing(sdk: Registration): Promise<Tracing> {
  loading ??= import('@opentelemetry/api')
  return { api: await loading, sdk }
}

/** Describes a span that runs; work done inside of `context` belongs below it. */
export type ActiveSpan = { tracing: Tracing; span: Span; context: Context }

/** Describes the outcome of the traced work: its status, and the code of a failure. */
export type Outcome = { status?: number; code?: string | undefined }

function begin(tracing: Tracing, name: string, options: SpanOptions, parent: Context): ActiveSpan {
  const { api, sdk } = tracing
  const span = sdk.trace.getTracer('miaw-gateway').startSpan(name, options, parent)
  return { tracing, span, context: api.trace.setSpan(parent, span) }
}

/** Does work with the span as the active one, where the SDK keeps one. */
function within<T>({ tracing: { sdk }, context }: ActiveSpan, work: () => Promise<T>): Promise<T> {
  return sdk.context ? sdk.context.with(context, work) : work()
}

function finish({ tracing: { api }, span }: ActiveSpan, { status, code }: Outcome): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (code !== undefined) span.setAttribute('error.type', code)
  const isOurs = status === undefined ? code !== undefined : status >= 500
  if (isOurs) span.setStatus({ code: api.SpanStatusCode.ERROR })
  span.end()
}

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH'])

/** Describes attributes that a request's span has from the beginning. */
type RequestInfo = { endpoint: string; method: string; requestId: string }

/** Does the work of a request in a span of its own, below the active span. */
export async function inRequestSpan(
  { endpoint, method, requestId }: RequestInfo,
  work: (active: ActiveSpan | null) => Promise<Outcome>,
): Promise<void> {
  const sdk = registered()
  if (!sdk) {
    await work(null)
    return
  }
  const tracing = await loadTracing(sdk)
  const verb = methods.has(method) ? method : '_OTHER'
  const route = `/api/${endpoint}`
  const attributes = {
    'http.request.method': verb,
    'http.route': route,
    'miaw.request_id': requestId,
  }
  const options = { kind: tracing.api.SpanKind.SERVER, attributes }
  const parent = sdk.context?.active() ?? tracing.api.ROOT_CONTEXT
  const active = begin(tracing, `${verb} ${route}`, options, parent)
  finish(active, await within(active, () => work(active)))
}

/** Does one foreign request in a span below that of the request it serves. */
export async function inDependencySpan<T>(
  parent: ActiveSpan | null,
  name: string,
  work: () => Promise<T>,
  codeOf: (error: unknown) => string,
): Promise<T> {
  if (!parent) return await work()
  const { tracing, context } = parent
  const options = { kind: tracing.api.SpanKind.CLIENT, attributes: { 'peer.service': name } }
  const active = begin(tracing, name, options, context)
  try {
    const result = await within(active, work)
    finish(active, {})
    return result
  } catch (error) {
    finish(active, { code: codeOf(error) })
    throw error
  }
}
