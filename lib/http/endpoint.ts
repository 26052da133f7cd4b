/**
 * The pipeline of every request: origin → token → validate → guard → act → shape the reply. Where a
 * token is needed, it is good before a body is read, and a caller who is known to be refused is
 * refused before. Failures end here, each as a problem.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { timing } from 'hono/timing'
import type * as z from 'zod'
import { EnvironmentError } from '../config/env.js'
import { noInput } from '../contract/requests.js'
import { GatewayError, isProblem, problemResponse } from '../problem.js'
import { setDeadline, setReadOnly } from '../request.js'
import { type Services, services } from '../services.js'
import { readBody } from './body.js'
import { type Connection, callerAddress } from './client-address.js'
import type { Guard, GuardInfo } from './guards.js'
import { type BodyReader, jsonBody, readQuery, validate } from './input.js'
import { type HttpEnv, observeRequests, reportTiming } from './observability.js'
import type { OperationDocs } from './operation-docs.js'
import { isAllowedOrigin } from './origin.js'
import { guardCounted, readCounted, refuseInsistent } from './refused-input.js'

/** Describes one method of one endpoint: what it accepts, what it promises, what it does. */
export type Action<I extends z.ZodType, R extends z.ZodType, N> = {
  name: string
  method: 'GET' | 'POST' | 'DELETE'
  /** Holds the body of a POST, the query of the others. */
  input: I
  /** Reads a POST's body; JSON by default. */
  body?: BodyReader
  /** Holds the schema of the reply; `noReply` for a response without a body. */
  reply: R
  guard: Guard<z.output<I>, N>
  docs: OperationDocs
  /** The action changes nothing, so that it is given up when its caller goes away. */
  isReadOnly?: true
  /**
   * Sets `Cache-Control` of an answer that is the same for everybody: pages of every origin may
   * read it. Other answers are `no-store`, for the pages that are allowed.
   */
  publicCache?: string
  /** Returns the status of success; 200 by default. */
  status?: (reply: z.output<R>) => 201 | 200 | 202
  /** Holds the answer, where it is not JSON: a body that is passed on as it comes. */
  respond?: (reply: z.output<R>) => Response
  act(
    context: N & { input: z.output<I> } & Pick<Services, 'visitors' | 'conversations'>,
  ): Promise<z.input<R>>
}

/** Answers a request; `services` throws an `EnvironmentError` while the environment is not complete. */
type Handler = (c: Context<HttpEnv>, services: () => Services) => Promise<Response>

/**
 * Describes an action without its types, so that several methods fit in one list; `*` stands for
 * any method.
 */
export type Method = {
  name: string
  method: Action<never, never, never>['method'] | '*'
  handle: Handler
  docs: OperationDocs
  /** Pages of every origin may read the answer. */
  isPublic?: boolean
  /** Describes input, reply and guard for the OpenAPI document. */
  contract?: {
    input?: z.ZodType
    reply?: z.ZodType
    guard?: GuardInfo
    /** Holds the media type of a POST's body. */
    consumes?: BodyReader['mediaType'] | undefined
  }
}

const exposedHeaders = [
  'X-Request-Id',
  'Server-Timing',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Content-Disposition',
]

/** Returns the allowed origins. With a broken environment only our own pages may call, for example `health`. */
function allowedOrigins(): readonly string[] {
  try {
    return services().env.allowedOrigins
  } catch (error) {
    if (error instanceof EnvironmentError) return []
    throw error
  }
}

/**
 * Refuses calls from pages that are not allowed.
 * @throws {GatewayError} origin_not_allowed
 */
const refuseForeignOrigins: MiddlewareHandler<HttpEnv> = async function refuseForeignOrigins(
  c,
  next,
) {
  const origin = c.req.header('origin')
  if (origin !== undefined && !isAllowedOrigin(origin, c.req.url, allowedOrigins())) {
    throw new GatewayError('origin_not_allowed')
  }
  await next()
}

/**
 * Lets browsers read the answers. A preflight allows every request header that it names, because
 * pages trace their own requests (`traceparent`, `baggage` …) and headers change nothing.
 */
const allowCors = (origin: '*' | ((origin: string) => string)) =>
  cors({
    origin,
    allowMethods: ['GET', 'POST', 'DELETE'],
    exposeHeaders: exposedHeaders,
    // The longest that Chromium keeps a preflight.
    maxAge: 7200,
  })

const forEveryPage = [allowCors('*')]
const forAllowedPages = [refuseForeignOrigins, allowCors((origin) => origin)]

/** Memoises a result, such as a promise, so that the work is done once. */
function once<T>(find: () => T): () => T {
  let found: { result: T } | undefined
  return () => {
    found ??= { result: find() }
    return found.result
  }
}

/** Makes one method of an endpoint. */
export function method<I extends z.ZodType, R extends z.ZodType, N>(
  action: Action<I, R, N>,
): Method {
  const body = action.body ?? jsonBody
  async function handle(c: Context<HttpEnv>): Promise<Response> {
    const request = c.req.raw
    const isPost = action.method === 'POST'
    const modules = services()
    const { visitors, conversations } = modules
    const caller = once(() => visitors.authenticate(request.headers.get('authorization')))
    const address = once(() => callerAddress(modules, request.headers, c.env.connection))
    const context = { caller, address, services: modules }
    const hasVisitor = action.guard.info.who !== 'anybody'

    async function readInput(): Promise<z.output<I>> {
      const query = readQuery(request)
      if (!isPost) return validate(action.input, query)
      validate(noInput, query)
      // Nobody makes us read a body without a good token, or when the call is refused anyway.
      if (hasVisitor) refuseInsistent(modules, (await caller()).id)
      await action.guard.refuseKnown(context)
      return validate(action.input, await readBody(c, body, modules))
    }

    const input = await readCounted(modules, address().groups, readInput)
    setDeadline(modules.env.deadlineMs)
    if (action.isReadOnly) setReadOnly()
    const admit = () => action.guard({ ...context, input })
    const guarded = await (isPost && hasVisitor
      ? guardCounted(modules, (await caller()).id, admit)
      : admit())
    const response = shape(action, await action.act({ ...guarded, input, visitors, conversations }))
    c.set('isStreamed', action.respond !== undefined)
    return response
  }
  const { name, input, reply, guard, docs, publicCache } = action
  const consumes = action.method === 'POST' ? body.mediaType : undefined
  const contract = { input, reply, guard: guard.info, consumes }
  const isPublic = publicCache !== undefined
  return { name, method: action.method, handle, contract, docs, isPublic }
}

/** The reply is parsed by its schema before it leaves, so that nothing else can leave with it. */
function shape<R extends z.ZodType>(
  {
    reply,
    status,
    respond,
    publicCache,
  }: Pick<Action<z.ZodType, R, unknown>, 'reply' | 'status' | 'respond' | 'publicCache'>,
  result: z.input<R>,
): Response {
  const parsed = reply.parse(result)
  if (respond) return respond(parsed)
  if (parsed === null) return new Response(null, { status: 204 })
  return Response.json(parsed, {
    status: status?.(parsed) ?? 200,
    ...(publicCache && { headers: { 'Cache-Control': publicCache } }),
  })
}

/** Ends a body that nobody will read, and the connection that it may come from. */
function withoutBody(response: Response): Response {
  response.body?.cancel().catch(() => undefined)
  return new Response(null, response)
}

function fail(error: unknown, c: Context<HttpEnv>): Response {
  c.set('failure', error)
  const problem = isProblem(error) ? error : new GatewayError('internal')
  return problemResponse(problem, c.get('requestId'))
}

/**
 * Creates an endpoint of one or more methods, as Vercel and the local server call it. Every error
 * becomes a response.
 */
export function endpoint(...methods: readonly [Method, ...Method[]]) {
  const [{ name }] = methods
  const allow = methods.map((each) => each.method).join(', ')
  const isPublic = methods.every((each) => each.isPublic)

  /**
   * Calls the method that was asked for.
   * @throws {GatewayError} method_not_allowed
   */
  async function dispatch(c: Context<HttpEnv>): Promise<Response> {
    const requested = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const found = methods.find((each) => each.method === requested || each.method === '*')
    if (!found) throw new GatewayError('method_not_allowed', { headers: { Allow: allow } })
    const response = await found.handle(c, services)
    return c.req.method === 'HEAD' ? withoutBody(response) : response
  }

  const app = new Hono<HttpEnv>()
  app.use(
    observeRequests(name, isPublic),
    timing(),
    reportTiming,
    secureHeaders(),
    ...(isPublic ? forEveryPage : forAllowedPages),
  )
  app.all('*', dispatch)
  app.onError(fail)

  return {
    methods,
    /** Answers a request; `connection` is what a server knows that a platform does not tell. */
    async fetch(request: Request, connection?: Connection): Promise<Response> {
      return await app.fetch(request, connection ? { connection } : {})
    },
  }
}
