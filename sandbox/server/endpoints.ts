import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as z from 'zod'
import type { Endpoints, Handler } from '../../platforms/handler.js'
import { DevError } from './environment.js'

const isHandler = (value: unknown): value is Handler => typeof value === 'function'
const endpointModule = z.object({ default: z.object({ fetch: z.custom<Handler>(isHandler) }) })

/**
 * The functions of a folder by their paths (`/api/send` for `send.ts`), loaded once. As on Vercel,
 * a file whose name starts with `_` or `.` is none. The environment must be complete before.
 */
export async function loadEndpoints(folder: string): Promise<Endpoints> {
  const files = (await readdir(folder)).filter((file) => /^[^_.].*(?<!\.d)\.ts$/.test(file))
  const endpoints = files.map(async (file): Promise<[string, Handler]> => {
    const loaded = endpointModule.safeParse(await import(pathToFileURL(join(folder, file)).href))
    if (!loaded.success) throw new DevError(`${file} does not export { fetch } as its default.`)
    const { default: endpoint } = loaded.data
    return [
      `/api/${parse(file).name}`,
      (request, connection) => endpoint.fetch(request, connection),
    ]
  })
  return new Map(await Promise.all(endpoints))
}
