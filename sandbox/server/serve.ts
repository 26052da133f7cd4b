import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { DevError } from './environment.js'

/** Answers a request; `Response.error()` means: cut the socket. */
export type Handler = (
  request: Request,
  connection: { remoteAddress?: string },
) => Promise<Response>

/** A listening server: its address without a slash at the end, and the way to end it. */
export type Listening = { url: string; close(): Promise<void> }

/** Serves a handler on 127.0.0.1; port 0 takes a free one, a taken port is a `DevError`. */
export async function serve(handler: Handler, port = 0): Promise<Listening> {
  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: (request, bindings) => answer(handler, request, bindings),
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: unknown) => {
    throw isPortTaken(error)
      ? new DevError(`Port ${port} is taken: set PORT to a free one.`)
      : error
  })
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

async function answer(handler: Handler, request: Request, bindings: HttpBindings | Http2Bindings) {
  const { remoteAddress } = bindings.incoming.socket
  const response = await handler(nativeRequest(request), {
    ...(remoteAddress && { remoteAddress }),
  }).catch(failed)
  if (response.type !== 'error') return response
  bindings.outgoing.destroy()
  return RESPONSE_ALREADY_SENT
}

/** The adaptor's request is a look-alike that `new Request(request)` does not take; Vercel's does. */
function nativeRequest({ url, method, headers, body, signal }: Request): Request {
  return new Request(url, { method, headers, body, signal, duplex: 'half' })
}

function failed(error: unknown): Response {
  console.error('A handler threw, which ends a function on Vercel:', error)
  return new Response('FUNCTION_INVOCATION_FAILED', { status: 500 })
}

const isPortTaken = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string')
    throw new TypeError('not listening on a port')
  return address.port
}
