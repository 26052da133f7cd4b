/** Serves a handler over HTTP/1.1 with `node:http`, and ends without cutting answers on their way. */
import { once } from 'node:events'
import { createServer, type ServerOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Handler } from './handler.js'

/** A listening server. `url` has no slash at its end. */
export type RunningServer = {
  url: string
  /** Takes no new requests; what is on its way may take so long (milliseconds), then it is cut. */
  close(graceMs: number): Promise<void>
}

/** Address to listen on; port 0 takes a free one. */
export type ListenAddress = { host: string; port: number }

/**
 * A request's headers must arrive within 10 s and all of it within 30 s. An idle connection is kept
 * longer than the 60 s that load balancers commonly keep theirs, so that they never meet a closed one.
 */
const timeouts: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
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

  async function answer(request: Request, bindings: HttpBindings | Http2Bindings) {
    const { remoteAddress } = bindings.incoming.socket
    const response = await handler(nativeRequest(request), { remoteAddress }).catch(internalError)
    if (response.type === 'error') {
      bindings.outgoing.destroy()
      return RESPONSE_ALREADY_SENT
    }
    if (isStopping) bindings.outgoing.setHeader('Connection', 'close')
    return response
  }

  const server = createServer(options, getRequestListener(answer, { overrideGlobalObjects: false }))
  const inFlight = new Set<ServerResponse>()
  function cutWhenIdle(): void {
    if (isStopping && inFlight.size === 0) server.closeAllConnections()
  }
  server.on('request', (_request, response) => {
    inFlight.add(response)
    response.once('close', () => {
      inFlight.delete(response)
      cutWhenIdle()
    })
  })
  server.listen(port, host)
  await once(server, 'listening')

  async function close(graceMs: number): Promise<void> {
    isStopping = true
    const closed = once(server, 'close')
    server.close()
    cutWhenIdle()
    const timer = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    clearTimeout(timer)
  }
  return { url: urlOf(server.address()), close }
}

/** The adaptor's request is a look-alike that `new Request(request)` does not take; Vercel's does. */
function nativeRequest({ url, method, headers, body, signal }: Request): Request {
  return new Request(url, { method, headers, body, signal, duplex: 'half' })
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
