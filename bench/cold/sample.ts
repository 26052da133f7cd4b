/** Takes one sample: a process that loads one function and answers one request. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'

const script = fileURLToPath(new URL('sample.mjs', import.meta.url))
const measured = z.tuple([
  z.object({ importMs: z.number(), answerMs: z.number(), status: z.int() }),
  z.unknown(),
])

export type Sample = { importMs: number; answerMs: number }

/** Describes a request as `fetch` takes it, and the status that it must be answered with. */
export type ColdCall = {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
  status: number
}

type Place = { node: string; handler: string; env: Readonly<Record<string, string>> }

/** Starts the process, and ends it after the answer. Throws when it is not the expected one. */
export async function takeSample(
  { node, handler, env }: Place,
  { status: expected, ...call }: ColdCall,
): Promise<Sample> {
  const child = spawn(node, [script, handler, JSON.stringify(call)], {
    cwd: tmpdir(),
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) => {
    throw new Error(`${handler} ended with ${code} before it answered`)
  })
  const [{ status, ...sample }] = measured.parse(
    await Promise.race([once(child, 'message'), failed]),
  )
  failed.catch(() => {})
  child.kill('SIGKILL')
  await exited
  if (status === expected) return sample
  throw new Error(`${handler} answered ${call.url} with ${status}, not ${expected}`)
}
