import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

/** Gives the file of a folder that a path names, or undefined; never anything outside the folder. */
export type StaticFiles = (request: Request, path: string) => Promise<Response | undefined>

/**
 * Serves the files of a folder: `index.html` for a folder in it, and HTML without its ending
 * (`cleanUrls`).
 */
export function createStaticFiles(folder: string): StaticFiles {
  const app = new Hono().use(serveStatic({ root: folder }))
  return async ({ url, method, headers }, path) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    for (const name of [path, `${path}.html`]) {
      const response = await app.fetch(new Request(new URL(name, url), { method, headers }))
      if (response.status !== 404) return response
    }
    return undefined
  }
}
