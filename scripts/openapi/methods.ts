/** The methods of every endpoint in `api/`, as the endpoints themselves tell them. */
import { readdir } from 'node:fs/promises'
import { parse } from 'node:path'
import type { Method } from '../../lib/http/endpoint.js'

/** One method of one endpoint; `path` is that of its file. */
export type EndpointMethod = { path: string; method: Method }

type EndpointModule = { default: { methods: readonly Method[] } }

const folder = new URL('../../api/', import.meta.url)

/** Loads the endpoints; as on Vercel, a file whose name starts with `_` or `.` is none. */
export async function loadMethods(): Promise<EndpointMethod[]> {
  const files = (await readdir(folder)).filter((file) => /^[^_.].*(?<!\.d)\.ts$/.test(file))
  const loading = files.sort().map(async (file) => {
    const endpoint: EndpointModule = await import(new URL(file, folder).href)
    return endpoint.default.methods.map((method) => ({ path: `/api/${parse(file).name}`, method }))
  })
  return (await Promise.all(loading)).flat()
}
