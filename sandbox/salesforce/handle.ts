import { isPreflight, preflight, withCors } from './cors.js'
import { operationsOf } from './dialects.js'
import { answered, type Exchange, heard } from './exchange.js'
import { enactFault, type Fault, takeFault } from './faults.js'
import { serveFile } from './files.js'
import type { Call, Operation } from './operations/operation.js'
import { notFound, Refusal } from './refusal.js'
import { matchRoute } from './routes.js'
import { salesforceNow, type World } from './world.js'

/** A dev server that runs for days keeps only so many. */
const keptExchanges = 2_000

/** Answers one request as Salesforce would; `Response.error()` means that the connection is cut. */
export async function handle(world: World, request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url)
  world.origin = origin
  if (isPreflight(request)) return preflight(world, request)
  const response = serveFile(world, pathname) ?? (await exchanged(world, request, pathname))
  return withCors(world, request, response)
}

/** Preflights and files are no part of the API: only its exchanges are noted. */
async function exchanged(world: World, request: Request, pathname: string): Promise<Response> {
  const match = matchRoute(operationsOf(world.api), request.method, pathname)
  const exchange = await heard(request, match?.route.operationId ?? null)
  world.exchanges.push(exchange)
  world.exchanges.splice(0, world.exchanges.length - keptExchanges)
  const { query, requestBody: body } = exchange
  const call = { world, request, params: match?.params ?? {}, query, body }
  const response = dated(world, await disturbed(exchange, call, match?.route))
  await answered(exchange, response)
  return response
}

/** The operation with the faults that are due before and after it. */
async function disturbed(exchange: Exchange, call: Call, operation: Operation | undefined) {
  const { faults } = call.world
  const before = takeFault(faults, exchange.operationId, 'before')
  if (before) return disturb(exchange, before, call.request.signal)
  const response = await performed(call, operation)
  const after = takeFault(faults, exchange.operationId, 'after')
  return after ? disturb(exchange, after, call.request.signal) : response
}

function disturb(exchange: Exchange, fault: Fault, signal: AbortSignal): Promise<Response> {
  exchange.faulty = true
  return enactFault(fault, signal)
}

async function performed(call: Call, operation: Operation | undefined): Promise<Response> {
  try {
    if (!operation) throw notFound('Resource')
    return await operation.act(call)
  } catch (error) {
    if (error instanceof Refusal) return error.toResponse()
    throw error
  }
}

function dated(world: World, response: Response): Response {
  if (response.type === 'error') return response
  response.headers.set('date', new Date(salesforceNow(world)).toUTCString())
  return response
}
