/** Formats the figures of the ratio benchmark as Markdown tables. Pure. */
import { type Kind, kinds } from './kinds.js'
import { type Figures, median, medianFigures } from './measures.js'
import type { Rounds } from './rounds.js'

/** Is the name of the server that the others are compared with. */
export const floorName = 'floor'
/** Is the name of the floor that is made of `Request`, `Response` and `fetch`. */
export const webFloorName = 'web floor'
/** Is the name of the server that has to meet the targets. */
export const gatewayName = 'gateway'

/** Holds what a kind of call may take: a p50 of the floor's at most, a throughput at least. */
type Target = { p50: number; perSecond: number }

const targets: Partial<Record<Kind, Target>> = {
  poll: { p50: 1.4, perSecond: 0.7 },
  send: { p50: 2, perSecond: 0.5 },
}

/** Holds the ratios to the floor, each the median over the rounds. */
type Ratios = { p50: number; p99: number; perSecond: number }

function figuresIn(rounds: Rounds, kind: Kind, name: string): readonly Figures[] {
  return rounds.get(kind)?.get(name) ?? []
}

function ratiosOf(rounds: Rounds, kind: Kind, name: string): Ratios {
  const floor = figuresIn(rounds, kind, floorName)
  const measured = figuresIn(rounds, kind, name)
  const ratio = (figure: keyof Ratios) =>
    median(measured.map((each, round) => each[figure] / (floor[round]?.[figure] ?? Number.NaN)))
  return { p50: ratio('p50'), p99: ratio('p99'), perSecond: ratio('perSecond') }
}

function isMet(rounds: Rounds, kind: Kind): boolean {
  const target = targets[kind]
  if (!target) return true
  const { p50, perSecond } = ratiosOf(rounds, kind, gatewayName)
  return p50 <= target.p50 && perSecond >= target.perSecond
}

/** Returns true when every kind of call is within its target. */
export function areMet(rounds: Rounds): boolean {
  return kinds.every((kind) => isMet(rounds, kind))
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** Returns the lines of a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)]
}

function ratioRow(rounds: Rounds, kind: Kind, name: string): string[] {
  const { p50, p99, perSecond } = ratiosOf(rounds, kind, name)
  const target = name === gatewayName ? targets[kind] : undefined
  const limits = target ? [`≤ ${target.p50}`, `≥ ${target.perSecond}`] : ['', '']
  return [`${kind}, ${name}`, ...[p50, p99, perSecond].map((ratio) => ratio.toFixed(2)), ...limits]
}

function figureRow(rounds: Rounds, kind: Kind, name: string): string[] {
  const figures = medianFigures(figuresIn(rounds, kind, name))
  const { p50, p99, perSecond, cpuMs, redisRequests, redisCommands, redisExecuted } = figures
  return [
    `${kind}, ${name}`,
    p50.toFixed(2),
    p99.toFixed(2),
    perSecond.toFixed(0),
    cpuMs.toFixed(2),
    ...[redisRequests, redisCommands, redisExecuted].map((count) => count.toFixed(1)),
  ]
}

const ratioHead = ['', 'p50', 'p99', 'throughput', 'target: p50', 'throughput']
const figureHead = [
  '',
  'p50, ms',
  'p99, ms',
  'calls/s',
  'CPU ms',
  'Redis requests',
  'commands',
  'with those in scripts',
]

/** Returns the tables: the ratios to the floor with their targets, then the figures behind them. */
export function reportRatios(rounds: Rounds): string[] {
  const rowsOf = (rowOf: typeof figureRow, isShown: (name: string) => boolean) =>
    kinds.flatMap((kind) =>
      [...(rounds.get(kind)?.keys() ?? [])]
        .filter(isShown)
        .map((name) => rowOf(rounds, kind, name)),
    )
  return [
    'As ratios to the floor:',
    '',
    ...table(
      ratioHead,
      rowsOf(ratioRow, (name) => name !== floorName),
    ),
    '',
    'As they are, per call:',
    '',
    ...table(
      figureHead,
      rowsOf(figureRow, () => true),
    ),
  ]
}
