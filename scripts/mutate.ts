/**
 * Runs mutation tests: changes the code in small ways and counts the changes that no test notices
 * (`npm run mutate -- lib/visitors`, or one file of it; without an argument everything). Reports lie
 * in `.cache/mutation/`; a further run repeats only what changed since.
 */
import { mkdirSync } from 'node:fs'
import { Stryker } from '@stryker-mutator/core'
import { type Target, targets } from './mutation/targets.js'

const reports = '.cache/mutation'

/**
 * Runs the mutation tests of a target, or of one of its files: each mutant against the near tests, and
 * what survives them against the further ones too.
 */
async function run(name: string, target: Target): Promise<void> {
  const { testFiles, furtherTestFiles = [] } = target
  await runStryker(name, target, testFiles)
  if (furtherTestFiles.length > 0)
    await runStryker(name, target, [...testFiles, ...furtherTestFiles])
}

/** Runs Stryker. It repeats only mutants whose tests changed: a survivor that has further ones. */
async function runStryker(
  name: string,
  { mutate }: Target,
  testFiles: readonly string[],
): Promise<void> {
  const report = `${reports}/${name.replaceAll('/', '-')}`
  await new Stryker({
    mutate: [...mutate],
    testFiles: [...testFiles],
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutation/vitest.config.ts', related: false },
    plugins: ['@stryker-mutator/vitest-runner', './scripts/mutation/ignorers.mjs'],
    ignorers: ['texts'],
    coverageAnalysis: 'perTest',
    // A mutant of code that runs once, when a module is loaded, needs all tests and a new process.
    ignoreStatic: true,
    incremental: true,
    incrementalFile: `${report}.json`,
    reporters: ['clear-text', 'progress-append-only', 'html'],
    htmlReporter: { fileName: `${report}.html` },
    clearTextReporter: { reportTests: false, reportScoreTable: true },
    allowConsoleColors: false,
    tempDirName: `${reports}/sandbox`,
    ignorePatterns: ['.cache', 'tests/artifacts', 'dist'],
    concurrency: 2,
    timeoutMS: 15_000,
    thresholds: { high: 90, low: 85, break: null },
  }).runMutationTest()
}

/** Finds the targets that an argument names: one of them, or a file that one of them mutates. */
function targetOf(argument: string): [string, Target] {
  const target = targets[argument]
  if (target) return [argument, target]
  const found = Object.entries(targets).find(
    ([folder, { mutate }]) => mutate.includes(argument) || argument.startsWith(`${folder}/`),
  )
  if (!found) throw new Error(`Unknown: ${argument}. Known: ${Object.keys(targets).join(', ')}`)
  return [found[0], { ...found[1], mutate: [argument] }]
}

const wanted = process.argv.slice(2)
const chosen = wanted.length > 0 ? wanted.map(targetOf) : Object.entries(targets)
mkdirSync(reports, { recursive: true })
for (const [name, target] of chosen) await run(name, target)
