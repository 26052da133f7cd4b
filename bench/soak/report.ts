/** Formats the result of a soak as text, and decides if it passed. */
import { machine, padded } from '../figures.js'
import type { SalesforceCalls } from '../servers/salesforce-calls.js'
import type { Row, Tally } from './tally.js'
import type { LossCounts, Verdict } from './verdict.js'

/** Describes the size of the soak and its faults. */
export type Setting = {
  visitors: number
  seconds: number
  /** Are the seconds by which the gateways' clocks are ahead, one each. */
  clockOffsets: readonly number[]
  faults: readonly string[]
  evicts: boolean
}

export type Outcome = {
  verdict: Verdict
  losses: LossCounts
  tally: Tally
  salesforceCalls: SalesforceCalls
  evictedKeys: number
  /** Lists the warnings of a gateway's health after the soak. */
  warnings: readonly string[]
  /** Counts visitors who never got in, and those who could not read to the end. */
  notOpened: number
  unread: number
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

/**
 * Returns true when nothing was lost, doubled, foreign, unsettled or `internal`, Salesforce refused
 * no list, and nothing was forgotten but what Redis lost at a restart. Of a Redis that evicts keys,
 * only `foreign` and `internal` are asked.
 */
export function isGood({ evicts }: Setting, outcome: Outcome): boolean {
  const { verdict, losses, tally, salesforceCalls, notOpened, unread } = outcome
  const never = verdict.foreign + tally.countOf('internal')
  if (evicts) return never === 0
  const { lost, doubled, unsettled } = verdict
  const missed = lost + doubled + unsettled + losses.unexplained + notOpened + unread
  return never + missed + salesforceCalls.refusedLists === 0
}

/** Formats all figures, line by line. */
export function report(setting: Setting, outcome: Outcome): string[] {
  const { visitors, seconds, clockOffsets, faults } = setting
  const { verdict, losses, tally, salesforceCalls, evictedKeys } = outcome
  const { acknowledged, received, unsettled, lost, doubled, foreign } = verdict
  const codes = tally.codes().map(([name, count]) => `  ${name.padEnd(40)}${padded(count, 7)}`)
  return [
    `${visitors} visitors, ${seconds} s, ${clockOffsets.length} gateways; ${machine()}`,
    `clocks of the gateways, seconds ahead: ${clockOffsets.join(', ')}`,
    `faults: ${faults.join(', ')}`,
    '',
    `messages sent and acknowledged ${acknowledged}, received ${received}, unsettled ${unsettled}`,
    `lost ${lost}, doubled ${doubled}, foreign ${foreign}, internal ${tally.countOf('internal')}`,
    `stored twice because Salesforce showed the first effect later than SEND_SETTLE_MS ${verdict.late}`,
    `lists refused by Salesforce's limit ${salesforceCalls.refusedLists} of ${salesforceCalls.lists}`,
    `forgotten sessions ${losses.sessions}, conversations ${losses.conversations}, of these not lost by a restart of Redis ${losses.unexplained}`,
    `keys evicted by Redis ${evictedKeys}, warnings of health: ${outcome.warnings.join(', ') || 'none'}`,
    `visitors who never got in ${outcome.notOpened}, who could not read to the end ${outcome.unread}`,
    '',
    ...latencies(tally.rows()),
    '',
    'errors by endpoint and code:',
    ...codes,
  ]
}
