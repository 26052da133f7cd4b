import { isPreflight, preflight, withCors } from './cors.js'
import { operationsOf } from './dialects.js'
import { type Exchange, recordRequest, recordResponse } from './exchange.js'
import { type Fault, faultResponse, isBodyFault, takeFault } from './faults.js'
import { serveFile } from './files.js'
import { HttpError, notFound } from './http-error.js'
import type { Call, Operation } from './operations/operation.js'
import { matchRoute } from './routes.js'
import { type SandboxState, salesforceNow } from './sandbox-state.js'
import { slowDown } from './slow-body.js'

/** Bounds the record of requests in a dev server that runs for days. */
const maxExchanges = 2_000

/** Answers one request as Salesforce would; `Response.error()` means that the connection is cut. */
export async function handle(sandbox: SandboxState, request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url)
  sandbox.origin = origin
  if (isPreflight(request)) return preflight(sandbox, request)
  const response =
    serveFile(sandbox, pathname) ?? (await handleAndRecord(sandbox, request, pathname))
  return withCors(sandbox, request, response)
}

/** Answers and records a request of the API; preflights and files are not part of it. */
async function handleAndRecord(
  sandbox: SandboxState,
  request: Request,
  pathname: string,
): Promise<Response> {
  const match = matchRoute(operationsOf(sandbox.api), request.method, pathname)
  const exchange = await recordRequest(request, match?.route.operationId ?? null)
  sandbox.exchanges.push(exchange)
  sandbox.exchanges.splice(0, sandbox.exchanges.length - maxExchanges)
  const { query, requestBody: body } = exchange
  const call = { sandbox, request, params: match?.params ?? {}, query, body }
  const response = withDateHeader(sandbox, await handleWithFaults(exchange, call, match?.route))
  await recordResponse(exchange, response)
  const slow = takeFault(sandbox.faults, exchange.operationId, 'sending')
  return slow && isBodyFault(slow.what) ? await slowDown(response, slow.what.body) : response
}

/** Calls the operation, with the faults that are due before and after it. */
async function handleWithFaults(exchange: Exchange, call: Call, operation: Operation | undefined) {
  const { faults } = call.sandbox
  const before = takeFault(faults, exchange.operationId, 'before')
  if (before) return applyFault(exchange, before, call.request.signal)
  const response = await callOperation(call, operation)
  const after = takeFault(faults, exchange.operationId, 'after')
  return after ? applyFault(exchange, after, call.request.signal) : response
}

async function applyFault(
  exchange: Exchange,
  { what, hangMs }: Fault,
  signal: AbortSignal,
): Promise<Response> {
  exchange.faulty = true
  if (isBodyFault(what)) throw new TypeError('A fault of the body replaces no answer')
  return await faultResponse({ what, hangMs }, signal)
}

async function callOperation(call: Call, operation: Operation | undefined): Promise<Response> {
  try {
    if (!operation) throw notFound('Resource')
    return await operation.handler(call)
  } catch (error) {
    if (error instanceof HttpError) return error.toResponse()
    throw error
  }
}

function withDateHeader(sandbox: SandboxState, response: Response): Response {
  if (response.type === 'error') return response
  response.headers.set('date', new Date(salesforceNow(sandbox)).toUTCString())
  return response
}
