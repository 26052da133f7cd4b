/** Measures the memory of one gateway over many polls. */
import type { Child } from '../child.js'
import { prepareCalls } from './kinds.js'
import { runLoad } from './load.js'
import { table } from './report.js'
import { busyConnections, targetOf } from './rounds.js'
import type { Servers } from './servers.js'

const step = 20_000
/** Is the share by which memory may exceed that after the first step. */
const tolerance = 0.1

type Reading = { polls: number; rss: number; heap: number }

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)

async function read(child: Child, polls: number): Promise<Reading> {
  const { rss, heapUsed: heap } = await child.memory()
  return { polls, rss, heap }
}

/** Makes this many polls; returns the memory after each step, and whether it stays flat. */
export async function measureMemory(
  servers: Servers,
  polls: number,
  onStage: (name: string) => void,
) {
  const { child, send } = targetOf('gateway', await servers.startGateway())
  const callsOf = await prepareCalls(child.url)
  const readings: Reading[] = []
  for (let made = step; made <= polls; made += step) {
    await runLoad(send, await callsOf('poll', step), busyConnections)
    readings.push(await read(child, made))
    onStage(`${made} polls`)
  }
  const first = readings[0] ?? { rss: 0, heap: 0 }
  const isFlat = readings.every(
    ({ rss, heap }) => rss <= first.rss * (1 + tolerance) && heap <= first.heap * (1 + tolerance),
  )
  const rows = readings.map(({ polls: count, rss, heap }) => [
    count.toLocaleString('en'),
    ...[rss, heap].map(megabytes),
    ...[rss / first.rss, heap / first.heap].map((ratio) => ratio.toFixed(2)),
  ])
  const head = ['after polls', 'RSS, MB', 'live heap, MB', 'RSS, ratio', 'heap, ratio']
  return { lines: table(head, rows), isFlat }
}
