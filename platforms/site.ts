import type { Doors, Handler } from './handler.js'
import { headersFor, resolvePath } from './routes.js'
import { createStaticFiles } from './static.js'

/** The door that a path leads to, or undefined. */
export function doorAt(path: string, doors: Doors): Handler | undefined {
  return doors.get(resolvePath(path, (candidate) => doors.has(candidate)) ?? '')
}

/**
 * The deployment in one warm process: the static files of a folder, the doors, and the headers of
 * vercel.json. A rewritten request keeps the URL it came with, as on Vercel.
 */
export function createSite(doors: Doors, publicFolder: string): Handler {
  const staticFile = createStaticFiles(publicFolder)

  async function find(...[request, connection]: Parameters<Handler>): Promise<Response> {
    const { pathname } = new URL(request.url)
    const file = await staticFile(request, pathname)
    if (file) return file
    const door = doorAt(pathname, doors)
    return door ? door(request, connection) : new Response('NOT_FOUND', { status: 404 })
  }

  return async (request, connection) => {
    const response = await find(request, connection)
    if (response.type === 'error') return response
    const headers = new Headers(response.headers)
    for (const { key, value } of headersFor(new URL(request.url).pathname)) headers.set(key, value)
    return new Response(response.body, { status: response.status, headers })
  }
}
