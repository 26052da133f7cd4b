import type { Endpoints, Handler } from './handler.js'
import { headersFor, resolvePath } from './routes.js'
import { createStaticFiles } from './static.js'

/** Returns the handler of the endpoint that a path leads to, or undefined. */
export function endpointAt(path: string, endpoints: Endpoints): Handler | undefined {
  return endpoints.get(resolvePath(path, (candidate) => endpoints.has(candidate)) ?? '')?.fetch
}

/**
 * The deployment in one warm process: the static files of a folder, the endpoints, and the headers of
 * vercel.json. A rewritten request keeps the URL it came with, as on Vercel.
 */
export function createSite(endpoints: Endpoints, publicFolder: string): Handler {
  const staticFile = createStaticFiles(publicFolder)

  async function respond(...[request, connection]: Parameters<Handler>): Promise<Response> {
    const { pathname } = new URL(request.url)
    // Most requests are for an endpoint, and none of those is a file.
    const named = endpoints.get(pathname)
    if (named) return await named.fetch(request, connection)
    const file = await staticFile(request, pathname)
    if (file) return file
    const endpoint = endpointAt(pathname, endpoints)
    return endpoint ? endpoint(request, connection) : new Response('NOT_FOUND', { status: 404 })
  }

  return async (request, connection) => {
    const response = await respond(request, connection)
    if (response.type === 'error') return response
    const { pathname } = new URL(request.url)
    for (const { key, value } of headersFor(pathname)) response.headers.set(key, value)
    return response
  }
}
