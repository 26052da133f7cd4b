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

/** `vite build` of an example, into its `dist`. */
export const buildPages = (folder: string) => runTool('vite/bin/vite.js', ['build'], folder)

/** `tsc` over an example, with the types of the package as it is published. */
export const checkTypes = (folder: string) => runTool('typescript/bin/tsc', [], folder)

/**
 * What the gateway answers to a page that Vite serves while somebody works on it: its origin is Vite's, and
 * must be the gateway's own.
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
