/** Formats the result of the abuse benchmark as Markdown. Pure but for the machine's name. */
import { machine } from '../figures.js'
import { type Measure, measures } from './costs.js'
import type { Phase } from './phase.js'
import { missedTargets, type Result } from './verdict.js'

const titles: Record<Measure, string> = {
  requests: 'Redis requests',
  commands: 'Redis commands',
  bytesRead: 'bytes read',
  bytesWritten: 'bytes written',
  salesforceCalls: 'Salesforce calls',
  cpuMs: 'CPU ms',
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
const rule = (columns: number) => `|${'---|'.repeat(columns)}`
const figure = (value: number) => (value < 100 ? value.toFixed(1) : value.toFixed(0))

const costTitles = ['attack', 'calls', 'answers', ...measures.map((measure) => titles[measure])]

function costRow({ name, phase: { attacker: calls }, attacker, honest }: Result): string {
  const outcomes = [...calls.outcomes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([outcome, count]) => `${outcome}: ${count}`)
  const costs = measures.map(
    (measure) => `${figure(attacker[measure])} (${figure(honest[measure])})`,
  )
  return row([name, calls.calls, outcomes.join(', '), ...costs])
}

const honestTitles = [
  ...['meanwhile', 'starts that work', 'p95 of polls', 'p95 of sends'],
  ...['failed polls and sends', "attacker's starts"],
]

function honestRow(name: string, { honest, attacker }: Phase): string {
  const { starts, pollP95Ms, sendP95Ms, failures } = honest
  return row([
    name,
    `${starts.successful} of ${starts.tried}`,
    ...[pollP95Ms, sendP95Ms].map((ms) => `${ms.toFixed(0)} ms`),
    ...[failures, attacker.starts],
  ])
}

/** Formats everything, line by line; `missed` are the targets that were missed. */
export function report(seconds: number, calm: Phase, results: readonly Result[]) {
  const missed = missedTargets(calm, results, seconds)
  const lines = [
    `${seconds} s for each attack; ${machine()}`,
    '',
    "Cost of an attacker's call, and of an honest call of the same endpoints (in brackets):",
    '',
    row(costTitles),
    rule(costTitles.length),
    ...results.map(costRow),
    '',
    row(honestTitles),
    rule(honestTitles.length),
    honestRow('nothing', calm),
    ...results.map(({ name, phase }) => honestRow(name, phase)),
    '',
    ...(missed.length > 0 ? missed.map((text) => `- missed: ${text}`) : ['All targets are met.']),
  ]
  return { lines, missed }
}
