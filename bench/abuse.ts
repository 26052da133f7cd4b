/** Measures what an attacker's calls cost the operator, and what honest visitors see meanwhile. */
import { type Attack, attacks } from './abuse/attacks.js'
import { calibrate } from './abuse/calibrate.js'
import { runPhase } from './abuse/phase.js'
import { report } from './abuse/report.js'
import { startAbuseServers } from './abuse/servers.js'
import { costsOfAttacker, costsOfHonest, type Result } from './abuse/verdict.js'
import { addressOf } from './call.js'

/** Exceeds the number of visitors of a phase: nobody shares an address with an earlier phase. */
const addressesPerPhase = 1000

/** Bounds the visitors whose calls are measured on quiet servers. */
const maxCalibrated = 12

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

type Options = {
  /** Is the time of each attack. */
  seconds: number
  /** Counts the conversations of the largest record. */
  maxConversations: number
  /** Selects the attacks whose names contain this text. */
  only: string
}

/** Plays the attacks one after the other; returns true when all targets are met. */
export async function benchAbuse(options: Options): Promise<boolean> {
  const { seconds, maxConversations, only } = options
  const played = attacks.filter(({ name }) => name.includes(only))
  if (played.length === 0) throw new TypeError(`No attack is called ${only}`)
  stage('starting')
  const servers = await startAbuseServers()
  try {
    let phases = 0
    function newAddresses(): (index: number) => string {
      const first = addressesPerPhase * phases++
      return (index) => addressOf(first + index)
    }
    stage('one honest call of each kind')
    const byKind = await calibrate(servers, Math.min(seconds, maxCalibrated), newAddresses())
    const play = (attack: Attack | null) =>
      runPhase({ servers, seconds, addressOf: newAddresses(), attack, maxConversations })
    stage('calm')
    const calm = await play(null)
    const results: Result[] = []
    for (const attack of played) {
      stage(attack.name)
      const phase = await play(attack)
      results.push({
        ...{ name: attack.name, takesStarts: attack.takesStarts, phase },
        attacker: costsOfAttacker(phase, calm),
        honest: costsOfHonest(phase, byKind),
      })
    }
    const { lines, missed } = report(seconds, calm, results)
    for (const line of lines) console.log(line)
    return missed.length === 0
  } finally {
    await servers.close()
  }
}
