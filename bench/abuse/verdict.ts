/** Compares attacks with honest calls and with the calm phase. Pure. */
import { addCosts, type Costs, computeCosts, type Measure, measures, noCosts } from './costs.js'
import type { Phase } from './phase.js'
import type { Kind } from './visitor.js'

export type Result = {
  name: string
  takesStarts: boolean
  phase: Phase
  /** Is the mean cost of the attacker's calls. */
  attacker: Costs
  /** Is the mean cost of honest calls, mixed as the attacker's are. */
  honest: Costs
}

/**
 * Holds by how much a mean may exceed the honest one: what honest visitors do meanwhile is only
 * estimated, and CPU time varies with the machine.
 */
const spare: Costs = {
  ...{ requests: 0.1, commands: 0.5, bytesRead: 100, bytesWritten: 100 },
  ...{ salesforceCalls: 0.1, cpuMs: 1 },
}
const tolerance = (measure: Measure) => (measure === 'cpuMs' ? 1.5 : 1.1)

/** Bounds the attacker's starts a minute: half of the 140 that the limit `tokens` leaves to starts. */
const maxStartsPerMinute = 70

/** Bounds honest p95: a multiple of the calm phase's, and at least this much above it. */
const maxSlowdown = 3
const spareMs = 100

/** Returns the attacker's part of a phase: what honest visitors do costs what it costs in the calm. */
export function costsOfAttacker(phase: Phase, calm: Phase): Costs {
  const rest = addCosts(phase.costs, calm.costs, -phase.honest.calls / calm.honest.calls)
  const calls = Math.max(1, phase.attacker.calls)
  return computeCosts((measure) => Math.max(0, rest[measure] / calls))
}

/** Returns what the attacker's calls would cost on average if they were honest. */
export function costsOfHonest({ attacker }: Phase, byKind: Record<Kind, Costs>): Costs {
  const all = [...attacker.kinds].reduce(
    (sum, [kind, count]) => addCosts(sum, byKind[kind], count),
    noCosts,
  )
  return computeCosts((measure) => all[measure] / Math.max(1, attacker.calls))
}

/** Names the measures in which the attacker's calls cost more than honest ones. */
export function dearerMeasures({ attacker, honest }: Result): Measure[] {
  return measures.filter(
    (measure) => attacker[measure] > honest[measure] * tolerance(measure) + spare[measure],
  )
}

/** Returns a sentence for each target that is missed. */
export function missedTargets(
  { honest: calm }: Phase,
  results: readonly Result[],
  seconds: number,
): string[] {
  return results.flatMap((result) => {
    const { name, takesStarts, phase } = result
    const { honest, attacker } = phase
    const maxStarts = maxStartsPerMinute * Math.max(1, seconds / 60)
    const isSlow = (ms: number, calmMs: number) =>
      ms > Math.max(calmMs * maxSlowdown, calmMs + spareMs)
    const { tried, successful } = honest.starts
    const missed = [
      ...dearerMeasures(result).map(
        (measure) => `a call costs more than an honest one: ${measure}`,
      ),
      takesStarts &&
        attacker.starts > maxStarts &&
        `took ${attacker.starts} starts of ${maxStarts}`,
      takesStarts && !attacker.outcomes.has('429') && 'no start was refused: nothing is shown',
      successful < tried && `${tried - successful} of ${tried} honest starts failed`,
      honest.failures > 0 && `${honest.failures} honest polls and sends failed`,
      isSlow(honest.pollP95Ms, calm.pollP95Ms) && 'honest polls became slow',
      isSlow(honest.sendP95Ms, calm.sendP95Ms) && 'honest sends became slow',
    ]
    return missed.filter((text) => text !== false).map((text) => `${name}: ${text}`)
  })
}
