/**
 * Measures what a chat of ten minutes costs: with the client's pace, with events, at another commit, and
 * with the guide's poller, all at the same time.
 */
import { unpackCommit } from './delivery/commit.js'
import type { Measures } from './delivery/measures.js'
import { runScenario, type Scenario, type Size } from './delivery/scenario.js'
import { runGuidePoller } from './price/guide-poller.js'
import { priceTable } from './price/report.js'
import { writeSection } from './ratios/document.js'

/** Is the mean pause between two messages of a visitor. */
const visitorPauseMs = 40_000

/** Returns true when the gateway lost and doubled nothing; writes the table into the document. */
export async function benchPrice(
  { visitors, seconds }: Size,
  against: string | undefined,
): Promise<boolean> {
  const other = against === undefined ? null : unpackCommit(against)
  const size = { visitors, seconds, visitorPauseMs }
  const scenarios: Scenario[] = [
    { name: 'this', env: {}, switches: {} },
    { name: 'this, with events', env: { SALESFORCE_EVENTS: 'wait' }, switches: {} },
    ...(other ? [{ name: other.id, env: {}, switches: {}, root: other.folder }] : []),
  ]
  try {
    const own = scenarios.map((scenario) => runScenario(scenario, size))
    const all = await Promise.all([...own, runGuidePoller(size)])
    const lines = priceTable(all, size)
    console.log(lines.join('\n'))
    const ran = ['npm run bench -- --price', ...(against ? [`--against ${against}`] : [])].join(' ')
    writeSection('price', ran, lines)
    const isWhole = ({ lost, doubled }: Measures) => lost + doubled === 0
    return all.slice(0, 2).every(isWhole)
  } finally {
    other?.remove()
  }
}
