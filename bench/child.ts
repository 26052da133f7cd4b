/** Starts a server as a child process, which ends with this process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Bounds a child's start, in milliseconds; a machine under load is slow to start. */
const startTimeoutMs = 60_000

/** Bounds the number of output lines kept of a child. */
const maxLines = 2_000

export type Child = {
  /** Is the child's address, without a slash at the end. */
  url: string
  /** Holds the last lines of the child's output, both streams. */
  lines: readonly string[]
  /** Ends the child by this signal, and waits for its exit. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts a TypeScript file of this project (its path from the root) with these variables and no
 * others, and waits until it prints `Listening on …`. Rejects with the child's output otherwise.
 */
export async function startChild(script: string, env: Record<string, string>): Promise<Child> {
  const { PATH = '', HOME = '' } = process.env
  const loaders = [
    '--import',
    fromRoot('bench/exit-with-parent.mjs'),
    '--import',
    import.meta.resolve('tsx'),
  ]
  const child = spawn(process.execPath, [...loaders, fromRoot(script)], {
    // The temporary folder has no `.env`.
    cwd: tmpdir(),
    env: { PATH, HOME, ...env },
    stdio: 'pipe',
  })
  const exited = once(child, 'exit')
  const lines: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Error(`${script} did not start: ${lines.join('\n')}`))
    const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs)
    child.once('exit', fail)
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line)
        lines.splice(0, lines.length - maxLines)
        const found = /^Listening on (\S+)/.exec(line)?.[1]
        if (!found) return
        clearTimeout(timer)
        child.off('exit', fail)
        resolve(found)
      })
    }
  })
  return {
    url,
    lines,
    async end(signal) {
      child.kill(signal)
      await exited
    },
  }
}
