/**
 * Measures how long a message takes from "visible in Salesforce's list" to "in the answer of a poll",
 * with and without events and, beside them, at another commit.
 */
import { unpackCommit } from './delivery/commit.js'
import type { Target } from './delivery/measures.js'
import { isMet, type Result, report } from './delivery/report.js'
import { runScenario, type Scenario, type Size } from './delivery/scenario.js'

const withEvents = { SALESFORCE_EVENTS: 'wait' }
/** Makes the list show an entry at the moment at which the stream tells of it. */
const promptList = { visibilityLagMs: 0 }

/** A waiting poll opens a stream, lists once, and once more when the stream tells of a change. */
const eventTarget: Target = { p95Ms: 150, callsPerPoll: 3 }
/** The list is read every 3 s while something is going on; the rest is the poll itself. */
const paceTarget: Target = { p95Ms: 3100, callsPerPoll: null }

const scenarios: { scenario: Scenario; target: Target | null }[] = [
  {
    scenario: { name: 'events', env: withEvents, switches: promptList },
    target: eventTarget,
  },
  {
    scenario: { name: 'events, list up to 0.5 s behind', env: withEvents, switches: {} },
    target: null,
  },
  { scenario: { name: 'no events', env: {}, switches: {} }, target: paceTarget },
]

/** Reports the stage on the error stream; the standard output holds only the result. */
const stage = (name: string) => console.error(`${Math.round(process.uptime())} s: ${name}`)

/**
 * Runs all scenarios one after the other and prints their figures; returns true when the targets
 * are met. `against` names a commit that is run without events, too.
 */
export async function benchDelivery(size: Size, against: string | undefined): Promise<boolean> {
  const other = against === undefined ? null : unpackCommit(against)
  try {
    const results: Result[] = []
    for (const { scenario, target } of scenarios) {
      stage(scenario.name)
      results.push({ measures: await runScenario(scenario, size), target })
    }
    if (other) {
      const name = `no events, ${other.id}`
      stage(name)
      const scenario = { name, env: {}, switches: {}, root: other.folder }
      results.push({ measures: await runScenario(scenario, size), target: null })
    }
    for (const line of report(size, results)) console.log(line)
    return results.every(isMet)
  } finally {
    other?.remove()
  }
}
