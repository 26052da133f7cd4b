import { readFile } from 'node:fs/promises'
import { loadDoors } from './doors.js'
import { headersFor, resolvePath, vercelConfig } from './rewrites.js'
import type { Handler } from './serve.js'
import { createStaticFiles } from './static.js'
import { guardSwitches, switchesPath } from './switches.js'

/** Where the parts of the deployment lie. */
export type Folders = { doors: string; publicFiles: string; vercelJson: string }

/**
 * The deployment in one warm process: the doors, the static files, and what vercel.json says. A
 * rewritten request keeps the URL it came with, as on Vercel.
 */
export async function createApi(
  folders: Folders,
  handleControl?: (request: Request) => Promise<Response>,
): Promise<Handler> {
  const config = vercelConfig.parse(JSON.parse(await readFile(folders.vercelJson, 'utf8')))
  const doors = await loadDoors(folders.doors)
  const staticFile = createStaticFiles(folders.publicFiles)
  const switches = handleControl && guardSwitches(handleControl)

  async function find(...[request, connection]: Parameters<Handler>): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (switches && `${pathname}/`.startsWith(`${switchesPath}/`)) return switches(request)
    const file = await staticFile(request, pathname)
    if (file) return file
    const path = resolvePath(pathname, config.rewrites, (candidate) => doors.has(candidate))
    const door = doors.get(path ?? '')
    return door ? door(request, connection) : new Response('NOT_FOUND', { status: 404 })
  }

  return async (request, connection) => {
    const response = await find(request, connection)
    if (response.type === 'error') return response
    const added = headersFor(new URL(request.url).pathname, config.headers)
    const headers = new Headers(response.headers)
    for (const { key, value } of added) headers.set(key, value)
    return new Response(response.body, { status: response.status, headers })
  }
}
