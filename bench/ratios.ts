/** Measures calls of a warm gateway as ratios to a floor, which does only the unavoidable. */
import { unpackCommit } from './delivery/commit.js'
import { writeSection } from './ratios/document.js'
import { measureGrowth } from './ratios/growth.js'
import { prepareCalls } from './ratios/kinds.js'
import { measureMemory } from './ratios/memory.js'
import { profileAll } from './ratios/profile.js'
import { areMet, floorName, gatewayName, reportRatios } from './ratios/report.js'
import { runRounds, targetOf } from './ratios/rounds.js'
import { type Servers, startRatioServers } from './ratios/servers.js'

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}

async function withServers<T>(work: (servers: Servers) => Promise<T>): Promise<T> {
  stage('starting')
  const servers = await startRatioServers()
  try {
    return await work(servers)
  } finally {
    await servers.close()
  }
}

/**
 * Runs all kinds of calls in turn, and writes their figures into `docs/performance.md`; returns true
 * when the targets are met. `against` names a commit that is run beside them, for the eye only.
 */
export async function benchRatios(rounds: number, against: string | undefined): Promise<boolean> {
  const other = against === undefined ? null : unpackCommit(against)
  try {
    return await withServers(async (servers) => {
      const targets = [
        targetOf(floorName, await servers.startFloor()),
        targetOf(gatewayName, await servers.startGateway()),
      ]
      if (other) {
        targets.push(targetOf(other.id, await servers.startGateway(other.folder)))
      }
      const callsOf = await prepareCalls(targets[1]?.child.url ?? '')
      const results = await runRounds({ servers, targets, callsOf, rounds, onStage: stage })
      const lines = reportRatios(results)
      print(lines)
      if (!other) writeSection('ratios', 'npm run bench', lines)
      return areMet(results)
    })
  } finally {
    other?.remove()
  }
}

/** Leaves CPU profiles in `.cache/profiles`, and prints the greatest self times. */
export function profileCalls(): Promise<boolean> {
  return withServers(async (servers) => {
    print(await profileAll(servers))
    return true
  })
}

/** Measures polls at growing sizes; returns true when their costs are flat. */
export function benchGrowth(): Promise<boolean> {
  return withServers(async (servers) => {
    const { lines, isFlat } = await measureGrowth(servers, stage)
    print(lines)
    writeSection('growth', 'npm run bench -- --growth', lines)
    return isFlat
  })
}

/** Measures the memory over many polls; returns true when it is flat. */
export function benchMemory(polls: number): Promise<boolean> {
  return withServers(async (servers) => {
    const { lines, isFlat } = await measureMemory(servers, polls, stage)
    print(lines)
    writeSection('memory', 'npm run bench -- --memory', lines)
    return isFlat
  })
}
