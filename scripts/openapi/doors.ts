/** The methods of every door in `api/`, as the doors themselves tell them. */
import { readdir } from 'node:fs/promises'
import { parse } from 'node:path'
import type { Method } from '../../lib/http/endpoint.js'

/** One method of one door; `path` is that of its file. */
export type Told = { path: string; method: Method }

type Door = { default: { methods: readonly Method[] } }

const folder = new URL('../../api/', import.meta.url)

/** Loads the doors; as on Vercel, a file whose name starts with `_` or `.` is none. */
export async function loadMethods(): Promise<Told[]> {
  const files = (await readdir(folder)).filter((file) => /^[^_.].*(?<!\.d)\.ts$/.test(file))
  const doors = files.sort().map(async (file) => {
    const door: Door = await import(new URL(file, folder).href)
    return door.default.methods.map((method) => ({ path: `/api/${parse(file).name}`, method }))
  })
  return (await Promise.all(doors)).flat()
}
