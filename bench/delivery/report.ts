/** Formats the measures of the delivery benchmark as text. Pure but for the machine's name. */
import { machine, padded, percentile } from '../figures.js'
import type { Measures, Target } from './measures.js'
import type { Size } from './scenario.js'

/** Joins a measure with its target; null where there is none. */
export type Result = { measures: Measures; target: Target | null }

/** Is the longest time that a poll waits where events are on, in seconds. */
const waitSeconds = 25

function pollsAnswered({ polls }: Measures): number {
  return [...polls.values()].reduce((sum, count) => sum + count, 0)
}

function callsPerPoll(measures: Measures): number {
  const { lists, streams, others } = measures.calls
  return (lists + streams + others) / pollsAnswered(measures)
}

function p95Of({ delays }: Measures): number {
  return percentile(
    delays.toSorted((a, b) => a - b),
    0.95,
  )
}

/** Returns true when a scenario lost and doubled nothing and is within its target. */
export function isMet({ measures, target }: Result): boolean {
  if (!target) return true
  const { p95Ms, callsPerPoll: calls } = target
  const isWhole = measures.lost + measures.doubled === 0 && measures.delays.length > 0
  const isFrugal = calls === null || callsPerPoll(measures) <= calls
  return isWhole && measures.calls.refused === 0 && p95Of(measures) <= p95Ms && isFrugal
}

function delayLine({ measures, target }: Result): string {
  const sorted = measures.delays.toSorted((a, b) => a - b)
  const figures = [
    sorted.length,
    ...[0.5, 0.95, 1].map((share) => percentile(sorted, share)),
    measures.lost,
    measures.doubled,
    target ? target.p95Ms : '-',
  ]
  return measures.name.padEnd(nameWidth) + figures.map((figure) => padded(figure, 9)).join('')
}

function callLine({ measures }: Result): string {
  const { calls, conversationSeconds, redisRequests } = measures
  const per25Seconds = (count: number) => ((count * waitSeconds) / conversationSeconds).toFixed(1)
  const polls = pollsAnswered(measures)
  const figures = [
    ...[calls.lists, calls.streams, calls.others, calls.refused, polls].map(per25Seconds),
    callsPerPoll(measures).toFixed(1),
    (redisRequests / polls).toFixed(1),
  ]
  return measures.name.padEnd(nameWidth) + figures.map((figure) => padded(figure, 9)).join('')
}

const nameWidth = 38

const titles = (first: string, others: readonly string[]) =>
  first.padEnd(nameWidth) + others.map((title) => padded(title, 9)).join('')

function outcomesOf({ measures: { name, polls, calls } }: Result): string[] {
  const failures = [...polls].filter(([outcome]) => outcome !== '200')
  if (failures.length === 0 && calls.refused === 0) return []
  const codes = failures.map(([code, count]) => `${count} polls ended with ${code}`)
  return [`${name}: ${[`Salesforce refused ${calls.refused} calls`, ...codes].join(', ')}`]
}

/** Formats all figures, line by line. */
export function report({ visitors, seconds }: Size, results: readonly Result[]): string[] {
  return [
    `${visitors} conversations, ${seconds} s each; ${machine()}`,
    '',
    titles('from listed to polled, ms', [
      'count',
      'p50',
      'p95',
      'max',
      'lost',
      'doubled',
      'target',
    ]),
    ...results.map(delayLine),
    '',
    titles('in 25 s of a conversation', [
      'lists',
      'streams',
      'others',
      'refused',
      'polls',
      'sf/poll',
      'redis/p.',
    ]),
    ...results.map(callLine),
    '',
    ...results.flatMap(outcomesOf),
    ...results.flatMap((result) =>
      isMet(result) ? [] : [`${result.measures.name}: the target is missed`],
    ),
  ]
}
