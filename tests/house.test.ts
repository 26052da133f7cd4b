/**
 * Tests rules about the source that neither the compiler, Biome nor `.dependency-cruiser.mjs` can
 * check.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))
}

const deployed = ['api', 'lib', 'platforms'].flatMap(sourcesUnder)

it.each(deployed)('%s does not mention the sandbox or its switches', (file) => {
  expect(readFileSync(file, 'utf8')).not.toMatch(/sandbox/i)
})

const runnable = ['api', 'bench', 'client', 'lib', 'platforms', 'sandbox', 'scripts'].flatMap(
  sourcesUnder,
)

it.each(runnable)('%s leaves deadlines to lib/deadline.ts: Node loses the signals', (file) => {
  const code = readFileSync(file, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
  expect(code).not.toMatch(/AbortSignal\s*\.\s*(?:timeout|any)\b/)
})

const readers = ['services.ts', 'node.ts']

it.each(deployed.filter((file) => !readers.includes(basename(file))))(
  '%s does not read process.env',
  (file) => {
    const code = readFileSync(file, 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
    expect(code).not.toMatch(/process\.env/)
  },
)

it('api/ holds endpoints, and the one function that some of them share', () => {
  const shared = join('api', 'other.ts')
  for (const file of sourcesUnder('api').filter((each) => each !== shared)) {
    expect(readFileSync(file, 'utf8'), file).toMatch(/export default endpoint\(/)
  }
})

it.each(sourcesUnder('client'))('%s makes no HTML of text', (file) => {
  const code = readFileSync(file, 'utf8')
  expect(code).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc/i,
  )
})

const styles = readdirSync('client/widget/style').map((name) => join('client/widget/style', name))

it.each(styles)('%s names no left or right, so that it mirrors from right to left', (file) => {
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const sided =
    /(?:^|[{;])\s*(?:(?:margin|padding|border)-)?(?:left|right)\b[^;]*:|(?:text-align|float):\s*(?:left|right)/gm
  expect(css.match(sided) ?? []).toEqual([])
})

const sources = [
  ...['api', 'bench', 'client', 'lib', 'platforms', 'sandbox', 'scripts', 'tests'],
  'examples/react-vite/src',
].flatMap(sourcesUnder)

/** Matches the line of a function: a declaration, a method, or a constant that holds an arrow. */
const functionLine =
  /^(?:export )?(?:default )?(?:async )?(?:function\b|const \w+ = (?:async )?(?:\(|<|\w+ =>)|\w+\(.*\{$)/

/** Returns the first word of every docblock of a file, its line, and whether a function follows. */
function docblocksOf(file: string) {
  const code = readFileSync(file, 'utf8')
  const docblock = /\/\*\*[\s*]*([\p{L}’'-]+)(?:(?!\*\/)[\s\S])*\*\/\s*(.*)/gu
  return [...code.matchAll(docblock)].map(({ 1: firstWord = '', 2: next = '', index }) => ({
    place: `${file}:${code.slice(0, index).split('\n').length}`,
    firstWord,
    isOfFunction: functionLine.test(next),
  }))
}

/** Expects that fewer than 2 % of docblocks are faulty, and names those that are. */
function expectFewerThan2Percent(
  faulty: readonly { place: string }[],
  docblocks: readonly { place: string }[],
) {
  expect(docblocks.length).toBeGreaterThan(500)
  expect(
    faulty.length / docblocks.length,
    faulty.map(({ place }) => place).join('\n'),
  ).toBeLessThan(0.02)
}

/** A docblock that begins with one of these names a thing instead of saying what it does. */
const fragmentStarts = /^(?:What|Whatever|Whether|Of|Where|How|Who|Whose|Whom|Which|When)$/

it('fewer than 2 % of docblocks begin as fragments: What, Whether, Of, Where, How, Who, Which, When', () => {
  const docblocks = sources.flatMap(docblocksOf)
  const fragments = docblocks.filter(({ firstWord }) => fragmentStarts.test(firstWord))
  expectFewerThan2Percent(fragments, docblocks)
})

it('fewer than 2 % of the docblocks of functions begin with another word than a verb in -s', () => {
  const docblocks = sources.flatMap(docblocksOf).filter(({ isOfFunction }) => isOfFunction)
  const others = docblocks.filter(({ firstWord }) => !/^\p{Lu}\p{Ll}*s$/u.test(firstWord))
  expectFewerThan2Percent(others, docblocks)
})

it('`npm test`, `test:all` and `test:frameworks` together run every project of tests, each once', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const commands = [scripts.test, scripts['test:all'], scripts['test:frameworks']].join(' ')
  const named = [...commands.matchAll(/--project (\w+)/g)]
  const config = readFileSync('vitest.config.ts', 'utf8')
  const projects = [...config.matchAll(/\bname: '(\w+)'/g)]
  const namesOf = (matches: RegExpExecArray[]) => matches.map(([, name]) => name).sort()
  expect(namesOf(named)).toEqual(namesOf(projects))
})
