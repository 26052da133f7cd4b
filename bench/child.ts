/** A serving process of our own: known by its address, and gone when we are. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const fromRoot = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** What a child must have said by then, in milliseconds; a machine under load is slow to start. */
const startTimeoutMs = 60_000

/** Only so many lines of a child are kept. */
const maxLines = 2_000

export type Child = {
  /** Its address, without a slash at the end. */
  url: string
  /** What it said last, both streams. */
  lines: readonly string[]
  /** Ends it by this signal, and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts a TypeScript file of this project (its path from the root) with these variables and no
 * others, and waits until it says `Listening on …`. Rejects with what it said instead.
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
    // A folder without an `.env`.
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
