/**
 * Runs the built functions in a process of their own, and maps a path to one of them as Vercel
 * does.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { resolvePath } from '../../platforms/routes.js'
import { forward } from './forward.js'
import type { Functions } from './functions.js'

const started = z.tuple([z.object({ port: z.int() }), z.unknown()])

/** Base URL of the gateway, as a frontend knows it. */
export const home = 'https://gateway.example'

/** A process that runs the built functions. */
export type Gateway = Awaited<ReturnType<typeof openGateway>>

/** Starts the functions on a Node (the path of its binary), with nothing but this environment. */
export async function openGateway(
  node: string,
  { byPath }: Functions,
  env: Readonly<Record<string, string>>,
) {
  const handlers = Object.fromEntries([...byPath].map(([path, { handler }]) => [path, handler]))
  const child = spawn(node, [resolve('tests/build/launcher.mjs'), JSON.stringify(handlers)], {
    cwd: tmpdir(),
    env: { ...env, VERCEL: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lines: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    if (input) createInterface({ input }).on('line', (line) => lines.push(line))
  }
  const closed = once(child, 'close')
  const failed = closed.then(() => {
    throw new Error(`The functions did not start:\n${lines.join('\n')}`)
  })
  const [{ port }] = started.parse(await Promise.race([once(child, 'message'), failed]))
  failed.catch(() => {})

  return {
    /** Everything the process has printed, on both streams. */
    lines,
    /** Answers a request to `home`: rewrites choose the function, the request keeps its URL. */
    async fetch(request: Request): Promise<Response> {
      const { pathname } = new URL(request.url)
      const endpoint = resolvePath(pathname, (path) => byPath.has(path))
      if (endpoint === undefined) throw new Error(`No function answers for ${pathname}`)
      const added = { 'x-endpoint': endpoint, 'x-real-ip': '192.0.2.1' }
      return await forward(request, `http://127.0.0.1:${port}`, added)
    },
    async close(): Promise<void> {
      child.kill()
      await closed
    },
  }
}
