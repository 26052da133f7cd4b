/** Serves a handler over HTTP/1.1 with `node:http`, and ends without cutting answers on their way. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Connection } from '../lib/http/client-address.js'
import type { Handler } from './handler.js'

/** A listening server. `url` has no slash at its end. */
export type RunningServer = {
  url: string
  /**
   * Takes no new requests and aborts the signals of those on their way, so that polls stop waiting.
   * Their answers may take so long (milliseconds), then they are cut.
   */
  close(graceMs: number): Promise<void>
}

/** Aborts the signals of a request: `waiting` when it must wait no longer, `caller` when that has gone. */
type InFlight = { waiting: AbortController; caller: AbortController }

/** Address to listen on; port 0 takes a free one. */
export type ListenAddress = { host: string; port: number }

/**
 * A request's headers must arrive within 10 s, and all of it within the two minutes that our client
 * gives an upload from a slow network. An idle connection is kept longer than the 60 s that load
 * balancers commonly keep theirs, so that they never meet a closed one.
 */
const timeouts: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
}

/** Starts to serve; rejects with Node's own error (`EADDRINUSE` …) when it cannot. */
export async function serve(
  handler: Handler,
  { host, port }: ListenAddress,
  options: ServerOptions = timeouts,
): Promise<RunningServer> {
  let isStopping = false
  /** Requests on their way, by their responses. */
  const inFlight = new Map<object, InFlight>()

  async function answer(request: Request, bindings: HttpBindings | Http2Bindings) {
    const { remoteAddress } = bindings.incoming.socket
    const { waiting, caller } = inFlight.get(bindings.outgoing) ?? {}
    const signals = { signal: waiting?.signal, gone: caller?.signal }
    const response = await respond(request, { remoteAddress, ...signals }).catch(internalError)
    if (response.type === 'error') {
      bindings.outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
    if (isStopping) bindings.outgoing.setHeader('Connection', 'close')
    return isWhole(response) ? response : cutWhereBodyBreaks(response, bindings.outgoing)
  }

  async function respond(request: Request, connection: Connection): Promise<Response> {
    return await handler(nativeRequest(request, connection.signal), connection)
  }

  const listener = getRequestListener(answer, { overrideGlobalObjects: false })
  const server = createServer(options, (request: IncomingMessage, response: ServerResponse) => {
    const [waiting, caller] = [new AbortController(), new AbortController()]
    if (isStopping) waiting.abort()
    inFlight.set(response, { waiting, caller })
    response.once('close', () => {
      inFlight.delete(response)
      if (!response.writableFinished) for (const each of [waiting, caller]) each.abort()
      cutWhenIdle()
    })
    return listener(request, response)
  })
  function cutWhenIdle(): void {
    if (isStopping && inFlight.size === 0) server.closeAllConnections()
  }
  server.listen(port, host)
  await once(server, 'listening')

  async function close(graceMs: number): Promise<void> {
    isStopping = true
    const closed = once(server, 'close')
    server.close()
    for (const { waiting } of inFlight.values()) waiting.abort()
    cutWhenIdle()
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    clearTimeout(timer)
  }
  return { url: urlOf(server.address()), close }
}

/**
 * Returns the method that a `Request` can carry. It throws for TRACE, which no endpoint supports:
 * under another name that none supports, the handler refuses it as it refuses them all.
 */
function carriedMethod(method: string): string {
  return method === 'TRACE' ? 'X-TRACE' : method
}

/**
 * Copies the adaptor's request into a native one, because `new Request(request)` does not take a
 * look-alike. It takes Vercel's.
 */
function nativeRequest(
  { url, method, headers, body }: Request,
  signal: AbortSignal | undefined,
): Request {
  return new Request(url, {
    method: carriedMethod(method),
    headers,
    body,
    signal: signal ?? null,
    duplex: 'half',
  })
}

/** Tells that a body cannot break off: JSON is always made from a text. */
function isWhole({ body, headers }: Response): boolean {
  return body === null || /^application\/(problem\+)?json/.test(headers.get('content-type') ?? '')
}

/**
 * Cuts the connection where a body breaks off, so that no caller takes a part for the whole. The
 * adaptor would print the error, and append its message to the body.
 */
function cutWhereBodyBreaks(response: Response, outgoing: { destroy(): unknown }): Response {
  if (!response.body) return response
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value } = await reader.read()
          if (value) controller.enqueue(value)
          else controller.close()
        } catch {
          // The adaptor cancels the body of a closed connection.
          outgoing.destroy()
        }
      },
      cancel: (reason) => reader.cancel(reason).catch(() => undefined),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, response)
}

function internalError(error: unknown): Response {
  console.error('A handler threw, which ends a function on Vercel:', error)
  return new Response('FUNCTION_INVOCATION_FAILED', { status: 500 })
}

function urlOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string')
    throw new TypeError('not listening on a port')
  const { family, address: host, port } = address
  return `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`
}
