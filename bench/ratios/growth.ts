/** Measures whether a poll costs more in a long conversation, or beside many visitors. */
import { randomUUID } from 'node:crypto'
import { prepareCalls } from './kinds.js'
import { type Figures, figuresOf, medianFigures } from './measures.js'
import { table } from './report.js'
import { measure, targetOf } from './rounds.js'
import type { Servers } from './servers.js'

/** Is the share by which a figure may differ between the smallest and the largest size. */
const tolerance = 0.15
const callsPerRound = 2000
const rounds = 7
/** Counts the records that one request to Redis writes. */
const recordsPerRequest = 500

const entryCounts = [100, 1000, 10_000]
const visitorCounts = [10, 1000, 100_000]

/** Writes records of visitors whose size is that of a guest with one conversation. */
async function fillRedis(servers: Servers, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += recordsPerRequest) {
    const size = Math.min(recordsPerRequest, to - first)
    const commands = Array.from({ length: size }, () => {
      const fields = [`c:${randomUUID()}`, 'x'.repeat(300), 'token', 'x'.repeat(900)]
      return ['HSET', `growth:visitor:{${randomUUID()}}`, ...fields]
    })
    await servers.redisCommands(commands)
  }
}

type Size = { name: string; figures: Figures }

/** Measures polls at each size in turn, over several rounds. */
async function measureSizes(
  servers: Servers,
  sizes: readonly { name: string; prepare: () => Promise<unknown> }[],
): Promise<Size[]> {
  const target = targetOf('gateway', await servers.startGateway())
  const results: Figures[][] = sizes.map(() => [])
  const prepared: Awaited<ReturnType<typeof prepareCalls>>[] = []
  for (const { prepare } of sizes) {
    await prepare()
    prepared.push(await prepareCalls(target.child.url))
  }
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { prepare }] of sizes.entries()) {
      await prepare()
      const calls = await prepared[index]?.('poll', callsPerRound)
      const figures = figuresOf(await measure(servers, target, calls ?? []))
      // The first round warms up.
      if (round > 0) results[index]?.push(figures)
    }
  }
  return sizes.map(({ name }, index) => ({ name, figures: medianFigures(results[index] ?? []) }))
}

function isFlat(sizes: readonly Size[]): boolean {
  const differs = (figure: 'p50' | 'cpuMs') => {
    const values = sizes.map(({ figures }) => figures[figure])
    return Math.max(...values) / (values[0] ?? 0) - 1 > tolerance
  }
  return !differs('p50') && !differs('cpuMs')
}

function rowsOf(sizes: readonly Size[]): string[][] {
  const [first] = sizes
  return sizes.map(({ name, figures: { p50, cpuMs } }) => [
    name,
    p50.toFixed(2),
    cpuMs.toFixed(3),
    (p50 / (first?.figures.p50 ?? 0)).toFixed(2),
    (cpuMs / (first?.figures.cpuMs ?? 0)).toFixed(2),
  ])
}

/** Measures both growths; returns the table, and whether the costs are flat. */
export async function measureGrowth(servers: Servers, onStage: (name: string) => void) {
  onStage('entries')
  const entries = await measureSizes(
    servers,
    entryCounts.map((count) => ({
      name: `${count.toLocaleString('en')} entries behind the cursor`,
      prepare: () => servers.setEntries(count),
    })),
  )
  onStage('visitors')
  const visitors: Size[] = []
  let filled = 0
  for (const count of visitorCounts) {
    await fillRedis(servers, filled, count)
    filled = count
    const name = `${count.toLocaleString('en')} visitors in Redis`
    visitors.push(...(await measureSizes(servers, [{ name, prepare: async () => {} }])))
  }
  const head = ['a poll with', 'p50, ms', 'CPU ms', 'p50, ratio', 'CPU, ratio']
  return {
    lines: table(head, [...rowsOf(entries), ...rowsOf(visitors)]),
    isFlat: isFlat(entries) && isFlat(visitors),
  }
}
