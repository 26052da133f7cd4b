/**
 * Runs `vercel dev --local`, Vercel's own local server without a login, on a copy of the project.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildPage } from '../../scripts/build/page.js'
import { forward } from './forward.js'
import { copyProject } from './functions.js'

/** Too heavy for package.json (360 MB); this version installs as it is. */
const cli = 'vercel@60.1.3'

/**
 * Starts it with nothing but this environment. It forks a process for each call: about a second and
 * a half each, and nothing lives from one call to the next.
 */
export async function openVercelDev(variables: Readonly<Record<string, string>>) {
  const copy = copyProject(['public'])
  await buildPage(join(copy, 'public'), {})
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, ...variables, VERCEL_TELEMETRY_DISABLED: '1' }
  const options = ['--yes', cli, 'dev', '--local', '--listen', '127.0.0.1:0']
  // A group of its own, to be ended as one: npx, the server and what it forks.
  const child = spawn('npx', options, { cwd: copy, env, detached: true })
  const closed = once(child, 'close')
  const lines: string[] = []

  const close = async () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid)
    await closed
    rmSync(copy, { recursive: true, force: true })
  }
  const url = await new Promise<string>((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line)
      const [, address] = /Available at (\S+)/.exec(line) ?? []
      if (address) resolve(address)
    }
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', read)
    closed.then(() => reject(new Error(`vercel dev did not start:\n${lines.join('\n')}`)))
  }).catch(async (error: unknown) => {
    await close()
    throw error
  })

  return {
    lines,
    fetch: (request: Request) => forward(request, url),
    close,
  }
}
