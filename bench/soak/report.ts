/** Formats the result of a soak as text, and decides if it passed. */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import type { Row, Tally } from './tally.js'
import type { Verdict } from './verdict.js'

/** Describes the size of the soak and its faults. */
export type Setting = { visitors: number; seconds: number; gateways: number; faults: string[] }

const padded = (text: string | number, width: number) => String(text).padStart(width)

function machine(): string {
  const [cpu] = cpus()
  const redis = spawnSync('redis-server', ['--version']).stdout?.toString() ?? ''
  const version = /v=(\S+)/.exec(redis)?.[1] ?? 'none'
  return `${cpus().length} CPUs (${cpu?.model.trim()}), Node ${process.version}, redis-server ${version}`
}

function lineOf({ name, count, p50, p95, p99 }: Row, floor: number): string {
  const figures = [count, ...[p50, p95, p99].map((ms) => ms.toFixed(1)), (p50 / floor).toFixed(1)]
  return `${name.padEnd(24)}${figures.map((figure) => padded(figure, 9)).join('')}`
}

/** Formats one line an endpoint; the floor is an answer that needs neither Redis nor Salesforce. */
function latencies(rows: readonly Row[]): string[] {
  const floor = rows.find(({ name }) => name === 'floor calm')?.p50 ?? Number.NaN
  const titles = ['count', 'p50 ms', 'p95 ms', 'p99 ms', '× floor'].map((title) => padded(title, 9))
  return [`${'endpoint'.padEnd(24)}${titles.join('')}`, ...rows.map((row) => lineOf(row, floor))]
}

/** Returns true when nothing was lost, doubled, foreign, unsettled or `internal`. */
export function isGood({ lost, doubled, foreign, unsettled }: Verdict, tally: Tally): boolean {
  return lost + doubled + foreign + unsettled + tally.countOf('internal') === 0
}

/** Formats all figures, line by line. */
export function report(setting: Setting, verdict: Verdict, tally: Tally): string[] {
  const { visitors, seconds, gateways, faults } = setting
  const { acknowledged, received, unsettled, lost, doubled, foreign } = verdict
  const codes = tally.codes().map(([name, count]) => `  ${name.padEnd(40)}${padded(count, 7)}`)
  return [
    `${visitors} visitors, ${seconds} s, ${gateways} gateways; ${machine()}`,
    `faults:${faults.join(', ')}`,
    '',
    `messages sent and acknowledged ${acknowledged}, received ${received}, unsettled ${unsettled}`,
    `lost ${lost}, doubled ${doubled}, foreign ${foreign}, internal ${tally.countOf('internal')}`,
    '',
    ...latencies(tally.rows()),
    '',
    'errors by endpoint and code, all of them met by repeating:',
    ...codes,
  ]
}
