/** Measures calls of a warm gateway as ratios to a floor, which does only the unavoidable. */
import { unpackCommit } from './delivery/commit.js'
import { writeSection } from './ratios/document.js'
import { measureGrowth } from './ratios/growth.js'
import { prepareCalls } from './ratios/kinds.js'
import { measureMemory } from './ratios/memory.js'
import { profileAll } from './ratios/profile.js'
import { areMet, floorName, gatewayName, reportRatios, webFloorName } from './ratios/report.js'
import { busy, oneAtATime, type Rounds, runRounds, targetOf, warmUp } from './ratios/rounds.js'
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

/** Returns the tables of a setting below its name. */
function titled(name: string, rounds: Rounds): string[] {
  return [`### ${name}`, '', ...reportRatios(rounds)]
}

/**
 * Runs all kinds of calls in turn, and writes their figures into `docs/performance.md`; returns true
 * when the targets are met. `against` names a commit that is run beside them, for the eye only.
 */
export async function benchRatios(rounds: number, against: string | undefined): Promise<boolean> {
  const other = against === undefined ? null : unpackCommit(against)
  try {
    return await withServers(async (servers) => {
      const gateway = await servers.startGateway()
      const targets = [
        targetOf(floorName, await servers.startFloor('node')),
        targetOf(webFloorName, await servers.startFloor('web')),
        targetOf(gatewayName, gateway),
      ]
      if (other) {
        targets.push(targetOf(other.id, await servers.startGateway(other.folder)))
      }
      const callsOf = await prepareCalls(gateway.url)
      stage('warming up')
      await warmUp({ servers, targets, callsOf })
      const run = { servers, targets, callsOf, rounds, onStage: stage }
      const alone = await runRounds({ ...run, setting: oneAtATime })
      const together = await runRounds({ ...run, setting: busy })
      const lines = [
        ...titled(
          'One call after another; Redis waits 1 ms before each answer, Salesforce 10 ms',
          alone,
        ),
        '',
        ...titled('Eight connections; both answer at once', together),
      ]
      print(lines)
      if (!other) writeSection('ratios', 'npm run bench', lines)
      return areMet(alone) && areMet(together)
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
