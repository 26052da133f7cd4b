/** Prints what a cold process of each function takes, beside another commit where there is one. */
import { statSync } from 'node:fs'
import type { BuiltFunction } from '../../tests/build/functions.js'
import { machine, padded, percentile } from '../figures.js'
import type { Sample } from './sample.js'

/** Samples of one function, and the function itself. */
type Measured = { built: BuiltFunction; samples: readonly Sample[] }

/** `before` is the other commit's. */
export type ColdResult = { node: string; name: string; now: Measured; before: Measured | null }

/** The share of the other commit's import that an import may take. */
const maxImportShare = 0.3

const median = (samples: readonly Sample[], of: keyof Sample) =>
  percentile(
    samples.map((sample) => sample[of]).sort((one, other) => one - other),
    0.5,
  )

/** Returns the share of the other commit's time. */
function shareOf({ now, before }: ColdResult, of: keyof Sample): number | null {
  return before && median(now.samples, of) / median(before.samples, of)
}

/** Tells that an import is short enough, or that there is nothing to compare it with. */
export const isMet = (result: ColdResult) => (shareOf(result, 'importMs') ?? 0) <= maxImportShare

/** Returns the files of a function that Node loads, and their size in kB. */
function weightOf({ built: { files, folder } }: Measured): string {
  const loaded = files.filter((file) => /\.[cm]?js$/.test(file))
  const bytes = loaded.reduce((sum, file) => sum + statSync(`${folder}/${file}`).size, 0)
  return `${loaded.length} files, ${Math.round(bytes / 1000)} kB`
}

function timesOf(result: ColdResult, of: keyof Sample): string {
  const { now, before } = result
  const ms = padded(median(now.samples, of).toFixed(1), 7)
  if (!before) return ms
  const share = (shareOf(result, of) ?? 0).toFixed(2)
  return `${ms} of ${padded(median(before.samples, of).toFixed(1), 7)} = ${share}`
}

function lineOf(result: ColdResult): string {
  const { node, name, now, before } = result
  const weight = before ? `${weightOf(now)} (${weightOf(before)})` : weightOf(now)
  const verdict = before && !isMet(result) ? ' MISSED' : ''
  const import_ = timesOf(result, 'importMs')
  return `${padded(node, 4)} ${name.padEnd(16)} ${import_}  ${timesOf(result, 'answerMs')}  ${weight}${verdict}`
}

/** Returns the lines of the report. */
export function report(
  rounds: number,
  other: string | undefined,
  results: readonly ColdResult[],
): string[] {
  const beside = other ? `, in turn with ${other}, whose figures stand behind` : ''
  return [
    machine(),
    `medians of ${rounds} processes each${beside}`,
    `target: import at most ${maxImportShare} of the other commit's`,
    'Node function         import ms  first answer ms  JavaScript',
    ...results.map(lineOf),
  ]
}
