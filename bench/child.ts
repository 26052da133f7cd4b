/** Starts a server as a child process, which ends with this process. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

/** Parse the replies of `report-usage.mjs`; other packages may send messages as well. */
const cpuReport = z.object({ cpuMs: z.number() })
const memoryReport = z.object({ rss: z.number(), heapUsed: z.number() })
const profilingReport = z.object({ isProfiling: z.literal(true) })
const profileReport = z.object({ profile: z.unknown() })

/** Is the folder of this project. */
export const projectRoot = fileURLToPath(new URL('../', import.meta.url))

/** Bounds a child's start, in milliseconds; a machine under load is slow to start. */
const startTimeoutMs = 60_000

/** Bounds the number of output lines kept of a child. */
const maxLines = 2_000

export type Child = {
  /** Is the child's address, without a slash at the end. */
  url: string
  /** Holds the last lines of the child's output, both streams. */
  lines: readonly string[]
  /** Returns the CPU time that the child has used so far, in milliseconds. */
  cpuMs(): Promise<number>
  /** Returns the memory of the child after a collection of garbage, in bytes. */
  memory(): Promise<z.infer<typeof memoryReport>>
  /** Profiles the child's CPU during `work`; returns the profile as the inspector writes it. */
  profile(work: () => Promise<unknown>): Promise<unknown>
  /** Ends the child by this signal, and waits for its exit. */
  end(signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts a TypeScript file (its path from the root) with these variables and no others, and waits
 * until it prints `Listening on …`. Rejects with the child's output otherwise.
 * @param root is the folder of this project, or of another commit of it
 * @param node is the path of the Node that runs it
 */
export async function startChild(
  script: string,
  env: Record<string, string>,
  root = projectRoot,
  node = process.execPath,
): Promise<Child> {
  const { PATH = '', HOME = '' } = process.env
  const loaders = [
    '--import',
    join(projectRoot, 'bench/exit-with-parent.mjs'),
    '--import',
    join(projectRoot, 'bench/shift-clock.mjs'),
    '--import',
    join(projectRoot, 'bench/report-usage.mjs'),
    '--import',
    join(projectRoot, 'bench/report-sends.mjs'),
    '--import',
    import.meta.resolve('tsx'),
  ]
  const child = spawn(node, [...loaders, join(root, script)], {
    // The temporary folder has no `.env`.
    cwd: tmpdir(),
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  if (!child.stdout || !child.stderr) throw new TypeError('The child has no output')
  const outputs = [child.stdout, child.stderr]
  const exited = once(child, 'exit')
  const lines: string[] = []
  const url = await new Promise<string>((resolve, reject) => {
    const fail = () => reject(new Error(`${script} did not start: ${lines.join('\n')}`))
    const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs)
    child.once('exit', fail)
    for (const input of outputs) {
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
  async function ask<T extends z.ZodType>(question: string, reply: T): Promise<z.output<T>> {
    child.send(question)
    for (;;) {
      const [message] = await once(child, 'message')
      const read = reply.safeParse(message)
      if (read.success) return read.data
    }
  }

  return {
    url,
    lines,
    cpuMs: async () => (await ask('cpu', cpuReport)).cpuMs,
    memory: () => ask('memory', memoryReport),
    async profile(work) {
      await ask('start profile', profilingReport)
      await work()
      return (await ask('end profile', profileReport)).profile
    },
    async end(signal) {
      child.kill(signal)
      await exited
    },
  }
}
