/** Formats the figures of the element as a table, each the median of the runs. Pure. */
import { median } from '../ratios/measures.js'
import { table } from '../ratios/report.js'
import type { Figures, Size } from './measures.js'

/** Names a build of the element, and holds the figures of its runs. */
export type Measured = { name: string; runs: Figures[] }

/** Holds a row of the table; `most` is the target, where there is one. */
type Row = {
  title: string
  unit: string
  digits?: number
  most?: number
  figure(run: Figures): number
}

const rowsOf = ({ messages, polls }: Size): readonly Row[] => [
  {
    title: 'the element without a conversation, main thread',
    ...{ unit: 'ms', most: 60, figure: ({ aloneMs }) => aloneMs },
  },
  {
    title: `the element with ${messages} messages, until the newest is painted`,
    ...{ unit: 'ms', figure: ({ shownMs }) => shownMs },
  },
  {
    title: 'the same, main thread until nothing is left to draw',
    ...{ unit: 'ms', figure: ({ listMs }) => listMs },
  },
  {
    title: 'the same, longest task',
    ...{ unit: 'ms', most: 50, figure: ({ longestMs }) => longestMs },
  },
  {
    title: 'polls with a message, each on the main thread',
    ...{ unit: 'ms', figure: ({ pollMs }) => pollMs },
  },
  {
    title: 'the same, tasks above 50 ms',
    ...{ unit: '', most: 0, figure: ({ pollingTasks }) => pollingTasks },
  },
  {
    title: 'the same, longest task',
    ...{ unit: 'ms', most: 50, figure: ({ pollingLongestMs }) => pollingLongestMs },
  },
  {
    title: 'scrolling, frames at p95',
    ...{ unit: 'ms', digits: 1, figure: ({ frameMs }) => frameMs },
  },
  {
    title: 'scrolling, dropped frames',
    ...{ unit: '%', digits: 1, figure: ({ droppedPercent }) => droppedPercent },
  },
  {
    title: 'the key that sends, until the next paint',
    ...{ unit: 'ms', most: 50, figure: ({ sendMs }) => sendMs },
  },
  {
    title: 'heap after the warm-up',
    ...{ unit: 'MB', digits: 2, figure: ({ heapBefore }) => heapBefore / 1e6 },
  },
  {
    title: `heap after ${polls} polls, growth`,
    ...{ unit: '%', digits: 1, most: 10, figure: growthOf },
  },
]

const growthOf = ({ heapBefore, heapAfter }: Figures) => (heapAfter / heapBefore - 1) * 100

const medianOf = ({ runs }: Measured, { figure }: Row) => median(runs.map(figure))

function cellOf(measured: Measured, row: Row): string {
  return `${medianOf(measured, row).toFixed(row.digits ?? 0)} ${row.unit}`.trim()
}

/** Returns true when a build is within all targets. */
export function isMet(measured: Measured, size: Size): boolean {
  return rowsOf(size).every((row) => medianOf(measured, row) <= (row.most ?? Infinity))
}

/** Returns the table: a column for each build, and the targets. */
export function clientTable(all: readonly Measured[], size: Size): string[] {
  return table(
    ['', ...all.map(({ name }) => name), 'target'],
    rowsOf(size).map((row) => [
      row.title,
      ...all.map((measured) => cellOf(measured, row)),
      row.most === undefined ? '' : `≤ ${row.most} ${row.unit}`.trim(),
    ]),
  )
}
