import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

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
