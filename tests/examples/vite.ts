import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { createServer } from 'vite'

const run = promisify(execFile)

/** Runs a command line tool of the project in a folder; its output is the error's when it fails. */
async function runTool(script: string, args: string[], cwd: string): Promise<void> {
  await run(process.execPath, [resolve('node_modules', script), ...args], { cwd }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(`${script} failed:\n${stdout}${stderr}`)
    },
  )
}

/** Runs `vite build` of an example, into its `dist`. */
export const buildPages = (folder: string) => runTool('vite/bin/vite.js', ['build'], folder)

/** Runs `tsc` over an example, with the types of the package as it is published. */
export const checkTypes = (folder: string) => runTool('typescript/bin/tsc', [], folder)

/**
 * Requests the gateway as a page of Vite's development server does: the page's origin is Vite's,
 * and the gateway must see its own. Resolves to the status.
 */
export async function askInDevelopment(folder: string, gateway: string): Promise<number> {
  process.env.GATEWAY = gateway
  const server = await createServer({ root: folder, logLevel: 'silent', server: { port: 0 } })
  try {
    await server.listen()
    const [origin = ''] = server.resolvedUrls?.local ?? []
    const headers = { origin: origin.replace(/\/$/, ''), 'content-type': 'application/json' }
    const { status } = await fetch(`${origin}api/auth`, { method: 'POST', headers, body: '{}' })
    return status
  } finally {
    await server.close()
  }
}
