/**
 * Measures the element in Chromium at a quarter of the processor's speed: a long list of messages,
 * beside the element of another commit.
 */
import { join } from 'node:path'
import { bundleElement } from '../scripts/build/entries.js'
import { launchBrowser } from '../tests/e2e/browser.js'
import { type Element, measureElement, type Size } from './client/measures.js'
import { clientTable, isMet, type Measured } from './client/report.js'
import { unpackCommit } from './delivery/commit.js'
import { writeSection } from './ratios/document.js'

type Build = { name: string; element: Element }

const buildThis = async (): Promise<Build> => ({ name: 'this', element: await bundleElement() })

/** Returns the element as a build gives it; earlier ones give a text without parts. */
const elementOf = (built: string | Element): Element =>
  typeof built === 'string' ? { code: built, parts: {} } : built

/** Builds the element of a commit by its own build. */
async function buildCommit(commit: string): Promise<Build> {
  const { id, folder, remove } = unpackCommit(commit)
  try {
    const entries: { bundleElement(): Promise<string | Element> } = await import(
      join(folder, 'scripts/build/entries.ts')
    )
    return { name: id, element: elementOf(await entries.bundleElement()) }
  } finally {
    remove()
  }
}

/** Measures each build once per run, in turn. */
async function measure(builds: readonly Build[], size: Size, runs: number): Promise<Measured[]> {
  const measured = builds.map((build) => ({ ...build, runs: [] as Measured['runs'] }))
  const browser = await launchBrowser()
  try {
    for (let run = 1; run <= runs; run += 1) {
      for (const { name, element, runs: done } of measured) {
        console.error(`${Math.round(process.uptime())} s: run ${run}, ${name}`)
        done.push(await measureElement(browser, element, size))
      }
    }
  } finally {
    await browser.close()
  }
  return measured
}

/** Holds what may be measured less of, for a look; undefined: all that the document states. */
type Options = Readonly<Partial<Record<keyof Size | 'rounds', number | undefined>>>

/**
 * Prints the medians of the runs; returns true when this project's element is within its targets.
 * A full measurement is written into `docs/performance.md`.
 */
export async function benchClient(options: Options, against: string | undefined): Promise<boolean> {
  const { messages = 1000, seconds = 20, polls = 2000, rounds = 5 } = options
  const size = { messages, seconds, polls }
  const builds = [await buildThis(), ...(against === undefined ? [] : [await buildCommit(against)])]
  const measured = await measure(builds, size, rounds)
  const lines = clientTable(measured, size)
  console.log(lines.join('\n'))
  const isFull = Object.values(options).every((given) => given === undefined)
  const ran = ['npm run bench -- --client', ...(against ? [`--against ${against}`] : [])].join(' ')
  if (isFull) writeSection('client', ran, lines)
  return measured.slice(0, 1).every((each) => isMet(each, size))
}
