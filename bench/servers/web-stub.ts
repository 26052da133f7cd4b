/** Serves and calls HTTP by `Request`, `Response` and `fetch`, on the gateway's own host. */
import { serve } from '../../platforms/serve.js'
import type { StubCaller, StubReply, StubRequest } from './http-stub.js'

/** Serves JSON as `serveStub` does. */
export async function serveWeb(
  answer: (request: StubRequest) => StubReply | Promise<StubReply>,
): Promise<void> {
  const server = await serve(
    async (request) => {
      const { pathname, search } = new URL(request.url)
      const { status = 200, json } = await answer({
        method: request.method,
        path: pathname + search,
        headers: {},
        body: request.method === 'GET' ? '' : await request.text(),
      })
      return new Response(json, { status, headers: { 'Content-Type': 'application/json' } })
    },
    { host: '127.0.0.1', port: 0 },
  )
  console.log(`Listening on ${server.url}`)
}

/** Creates a client of one server, by `fetch`. */
export function createFetchCaller(baseUrl: string): StubCaller {
  return async ({ method, path, headers = {}, body }) => {
    const named = Object.entries(headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ])
    const sent = body === undefined ? {} : { body }
    const response = await fetch(`${baseUrl}${path}`, { method, headers: named, ...sent })
    return { status: response.status, text: await response.text() }
  }
}
